// Framing and the ring by themselves, with Google Benchmark.
#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>
#include <string>

#include "daemon/host/output_ring.hpp"
#include "proto/frame.hpp"
#include "tests/bench/frames.hpp"

namespace {

// The daemon makes the beginning only: the rest is sent from the ring.
void write_header(benchmark::State& state) {
  char header[ptyd::kMaxOutputPrefix];
  std::uint64_t offset = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(ptyd::output_prefix(1, offset, 65536, header));
    offset += 65536;
  }
}

void read_frame(benchmark::State& state, std::size_t bytes) {
  const std::string bytes_of_frame = ptyd::bench::output_frame(bytes);
  ptyd::FrameReader reader(ptyd::kMaxFrame, ptyd::Encoding::binary);
  ptyd::v1::Frame frame;
  for (auto _ : state) {
    for (std::size_t at = 0; at < bytes_of_frame.size();) {
      const auto room = reader.prepare();
      const std::size_t size = std::min(room.size(), bytes_of_frame.size() - at);
      std::memcpy(room.data(), bytes_of_frame.data() + at, size);
      reader.commit(size);
      at += size;
    }
    if (!reader.next(frame)) state.SkipWithError("the frame was not read");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void read_large(benchmark::State& state) { read_frame(state, 65536); }
void read_small(benchmark::State& state) { read_frame(state, 64); }

void write_json(benchmark::State& state) {
  ptyd::v1::Frame frame;
  frame.mutable_output()->set_attachment(1);
  frame.mutable_output()->set_data(std::string(4096, 'x'));
  std::string out;
  for (auto _ : state) {
    out.clear();
    ptyd::append_frame(out, frame, ptyd::Encoding::json);
    benchmark::DoNotOptimize(out.data());
  }
}

// What a host does for each read of a terminal, and a reader for each piece of it.
void through_ring(benchmark::State& state) {
  constexpr std::size_t kPiece = 4096;
  constexpr std::size_t kCapacity = 1 << 20;
  const std::size_t bytes = ptyd::host::kDataOffset + kCapacity;
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(4096, bytes), &std::free);
  std::memset(memory.get(), 0, bytes);
  ptyd::host::OutputRing ring;
  ring.create(memory.get(), kCapacity);
  const std::string piece(kPiece, 'x');
  std::string out(kPiece, '\0');
  for (auto _ : state) {
    const auto room = ring.reserve(kPiece, false);
    if (room.bytes() != kPiece) {
      state.SkipWithError("the ring gave no room");
      break;
    }
    std::memcpy(room.first, piece.data(), room.first_bytes);
    std::memcpy(room.second, piece.data(), room.second_bytes);
    ring.commit(kPiece);
    benchmark::DoNotOptimize(ring.take_output_wake());
    std::memcpy(out.data(), room.first, room.first_bytes);
    benchmark::DoNotOptimize(out.data());
    ring.header().floor.store(ring.head());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kPiece));
}

BENCHMARK(write_header)->Name("frame_write");
BENCHMARK(read_large)->Name("frame_read");
BENCHMARK(read_small)->Name("frame_read_small");
BENCHMARK(write_json)->Name("json_write");
BENCHMARK(through_ring)->Name("ring");

}  // namespace

BENCHMARK_MAIN();
