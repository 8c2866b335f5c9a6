// Measures the screen engine on a file of terminal output; where libvterm was found, that as well.
//
//   screen_meter feed     ENGINE FILE COLUMNS ROWS BYTES     speed over BYTES of the file, which is read again and
//   again screen_meter memory   ENGINE FILE COLUMNS ROWS           heap that a terminal holds that was fed the file
//   screen_meter snapshot ptyd   FILE COLUMNS ROWS LINES     time of a snapshot with up to LINES of scrollback
//
// ENGINE is ptyd or libvterm; both keep 10,000 lines of scrollback. Times are the processor's, not the clock's: what
// else runs on the machine hardly counts. Prints one line of JSON.
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/screen/serializer.hpp"
#include "daemon/screen/terminal.hpp"
#ifdef PTYD_WITH_VTERM
#include <vterm.h>
#endif

namespace {

constexpr std::size_t kPiece = 64 << 10;  // about what one read of a busy ring gives
constexpr std::size_t kScrollback = 10'000;
constexpr int kRounds = 3;

struct Size {
  int columns;
  int rows;
};

class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;
  virtual void feed(std::string_view bytes) = 0;
};

class Ptyd final : public Engine {
 public:
  explicit Ptyd(Size size) : terminal_(options(size)) {}
  void feed(std::string_view bytes) override { terminal_.feed(bytes); }
  const ptyd::screen::Terminal& terminal() const { return terminal_; }

 private:
  static ptyd::screen::TerminalOptions options(Size size) {
    ptyd::screen::TerminalOptions options;
    options.columns = size.columns;
    options.rows = size.rows;
    options.scrollback.lines = kScrollback;
    options.scrollback.bytes = std::size_t{64} << 20;
    return options;
  }
  ptyd::screen::Terminal terminal_;
};

#ifdef PTYD_WITH_VTERM
// Keeps lines as libvterm hands them over, as the editors do that use it.
class Vterm final : public Engine {
 public:
  explicit Vterm(Size size) : terminal_(vterm_new(size.rows, size.columns)) {
    vterm_set_utf8(terminal_.get(), 1);
    VTermScreen* screen = vterm_obtain_screen(terminal_.get());
    vterm_screen_enable_altscreen(screen, 1);
    static const VTermScreenCallbacks callbacks = [] {
      VTermScreenCallbacks made{};
      made.sb_pushline = keep_line;
      return made;
    }();
    vterm_screen_set_callbacks(screen, &callbacks, this);
    vterm_screen_reset(screen, 1);
  }
  void feed(std::string_view bytes) override { vterm_input_write(terminal_.get(), bytes.data(), bytes.size()); }

 private:
  static int keep_line(int columns, const VTermScreenCell* cells, void* self) {
    auto& lines = static_cast<Vterm*>(self)->lines_;
    lines.emplace_back(cells, cells + columns);
    if (lines.size() > kScrollback) lines.pop_front();
    return 1;
  }

  struct Free {
    void operator()(VTerm* terminal) const { vterm_free(terminal); }
  };
  std::unique_ptr<VTerm, Free> terminal_;
  std::deque<std::vector<VTermScreenCell>> lines_;
};
#endif

std::unique_ptr<Engine> make_engine(std::string_view name, Size size) {
  if (name == "ptyd") return std::make_unique<Ptyd>(size);
#ifdef PTYD_WITH_VTERM
  if (name == "libvterm") return std::make_unique<Vterm>(size);
#endif
  throw std::runtime_error("there is no engine " + std::string(name));
}

std::string read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (text.empty()) throw std::runtime_error(std::string(path) + " is missing or empty");
  return text;
}

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double seconds_of(const std::function<void()>& work) {
  const double begin = processor_seconds();
  work();
  return processor_seconds() - begin;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void feed(std::string_view name, const std::string& text, Size size, std::size_t bytes) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const auto engine = make_engine(name, size);
    times.push_back(seconds_of([&] {
      for (std::size_t fed = 0; fed < bytes;)
        for (std::size_t at = 0; at < text.size() && fed < bytes; at += kPiece) {
          const auto piece = std::string_view(text).substr(at, std::min(kPiece, bytes - fed));
          engine->feed(piece);
          fed += piece.size();
        }
    }));
  }
  std::printf("{\"mb_per_second\": %.1f}\n", static_cast<double>(bytes) / median(times) / 1e6);
}

std::size_t heap() {
  const auto now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

void memory(std::string_view name, const std::string& text, Size size) {
  const std::size_t before = heap();
  const auto engine = make_engine(name, size);
  for (std::size_t at = 0; at < text.size(); at += kPiece) engine->feed(std::string_view(text).substr(at, kPiece));
  std::printf("{\"kib\": %.1f}\n", static_cast<double>(heap() - before) / 1024);
}

void snapshot(const std::string& text, Size size, std::size_t lines) {
  Ptyd engine(size);
  engine.feed(text);
  ptyd::screen::SnapshotOptions options;
  options.scrollback_rows = lines;
  std::vector<double> times;
  std::size_t bytes = 0;
  const int repeats = lines > 100 ? 20 : 500;
  for (int round = 0; round < repeats; ++round)
    times.push_back(seconds_of([&] { bytes = ptyd::screen::serialize(engine.terminal(), options).size(); }));
  std::printf("{\"us\": %.1f, \"bytes\": %zu}\n", median(times) * 1e6, bytes);
}

int run(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 5)
    throw std::runtime_error("usage: screen_meter feed|memory|snapshot ENGINE FILE COLUMNS ROWS [N]");
  const Size size{std::atoi(words[3].c_str()), std::atoi(words[4].c_str())};
  const std::string text = read_file(words[2].c_str());
  const std::size_t amount = words.size() > 5 ? std::strtoull(words[5].c_str(), nullptr, 10) : text.size();
  if (words[0] == "feed") {
    feed(words[1], text, size, amount);
  } else if (words[0] == "memory") {
    memory(words[1], text, size);
  } else {
    snapshot(text, size, amount);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "screen_meter: %s\n", error.what());
    return 1;
  }
}
