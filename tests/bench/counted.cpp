// Hot paths by themselves, each the same work in each run: counted NAME [FILE]. What they cost in instructions is counted
// from outside, in counted_work() alone: instructions.py.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "client/terminal/output_watch.hpp"
#include "daemon/host/output_ring.hpp"
#include "daemon/screen/terminal.hpp"
#include "proto/frame.hpp"
#include "tests/bench/frames.hpp"
#include "tests/bench/stream.hpp"

namespace {

using Work = std::function<void()>;

[[noreturn]] void fail(const char* why) {
  std::fprintf(stderr, "counted: %s\n", why);
  std::exit(1);
}

void must(bool held, const char* why) {
  if (!held) fail(why);
}

// A megabyte in pieces as a host reads them, each of which is copied out, as a reader does.
Work through_ring() {
  constexpr std::size_t kPiece = 4096;
  constexpr std::size_t kCapacity = 256 * 1024;
  const std::shared_ptr<void> memory(std::aligned_alloc(4096, ptyd::host::kDataOffset + kCapacity), &std::free);
  std::memset(memory.get(), 0, ptyd::host::kDataOffset + kCapacity);
  const auto ring = std::make_shared<ptyd::host::OutputRing>();
  ring->create(memory.get(), kCapacity);
  return [memory, ring, piece = std::string(kPiece, 'x'), out = std::string(kPiece, '\0')]() mutable {
    for (std::size_t done = 0; done < 1 << 20; done += kPiece) {
      const auto room = ring->reserve(kPiece, false);
      must(room.bytes() == kPiece, "the ring gave no room");
      std::memcpy(room.first, piece.data(), room.first_bytes);
      std::memcpy(room.second, piece.data(), room.second_bytes);
      ring->commit(kPiece);
      static_cast<void>(ring->take_output_wake());
      std::memcpy(out.data(), room.first, room.first_bytes);
      ring->header().floor.store(ring->head());
    }
  };
}

// The daemon makes the beginning of each: the rest goes out from the ring.
Work write_frames() {
  return [] {
    char prefix[ptyd::kMaxOutputPrefix];
    for (std::uint64_t offset = 0; offset < 4096 * 4096; offset += 4096)
      must(ptyd::output_prefix(1, offset, 4096, prefix) > 0, "a frame has no beginning");
  };
}

Work read_frames(std::size_t bytes, int count) {
  const auto reader = std::make_shared<ptyd::FrameReader>(ptyd::kMaxFrame, ptyd::Encoding::binary);
  const auto frame = std::make_shared<ptyd::v1::Frame>();
  return [reader, frame, sent = ptyd::bench::output_frame(bytes), count] {
    for (int i = 0; i < count; ++i) {
      for (std::size_t at = 0; at < sent.size();) {
        const auto room = reader->prepare();
        const std::size_t size = std::min(room.size(), sent.size() - at);
        std::memcpy(room.data(), sent.data() + at, size);
        reader->commit(size);
        at += size;
      }
      must(reader->next(*frame), "a frame was not read");
    }
  };
}

// As the daemon feeds it: piece by piece.
Work show(std::string text) {
  ptyd::screen::TerminalOptions options;
  options.scrollback.lines = 2000;
  const auto terminal = std::make_shared<ptyd::screen::Terminal>(options);
  return [terminal, text = std::move(text)] {
    for (std::size_t at = 0; at < text.size(); at += 4096) terminal->feed(std::string_view(text).substr(at, 4096));
  };
}

Work show_stream(std::string_view kind) { return show(ptyd::bench::make_stream(kind, true, 128 * 1024).shown); }

// As ptyctl looks through what it writes to a terminal.
Work watch_stream(std::string_view kind) {
  return [watch = ptyd::OutputWatch(), text = ptyd::bench::make_stream(kind, true, 128 * 1024).shown]() mutable {
    for (std::size_t at = 0; at < text.size(); at += 4096) watch.feed(std::string_view(text).substr(at, 4096));
  };
}

Work show_file(const char* path) {
  if (path == nullptr) fail("a recording is missing");
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (text.empty()) fail("the recording is missing or empty");
  return show(std::move(text));
}

}  // namespace

extern "C" [[gnu::noinline]] void counted_work(const Work& work) { work(); }

int main(int argc, char** argv) {
  const char* const file = argc > 2 ? argv[2] : nullptr;
  const std::map<std::string_view, std::function<Work()>> known{
      {"ring", through_ring},
      {"frame-write", write_frames},
      {"frame-read", [] { return read_frames(64 * 1024, 16); }},
      {"frame-read-small", [] { return read_frames(64, 1024); }},
      {"screen-plain", [] { return show_stream("ascii"); }},
      {"screen-sgr", [] { return show_stream("sgr"); }},
      {"screen-cjk", [] { return show_stream("cjk"); }},
      {"watch-sgr", [] { return watch_stream("sgr"); }},
      {"screen-recording", [file] { return show_file(file); }},
  };
  if (argc > 1 && std::strcmp(argv[1], "--compiler") == 0) {
    std::puts(PTYD_COMPILER);
    return 0;
  }
  const auto found = argc > 1 ? known.find(argv[1]) : known.end();
  if (found == known.end()) fail("there is no such work");
  const Work work = found->second();
  counted_work(work);
  return 0;
}
