// Any bytes, in any cuts: no crash, no frame beyond the limits, and the same frames whatever the cuts.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "proto/frame.hpp"

namespace {

struct Outcome {
  std::string frames;
  ptyd::FrameErrc code = ptyd::FrameErrc::ok;
  bool operator==(const Outcome&) const = default;
};

Outcome read_all(std::string_view input, std::size_t step) {
  ptyd::FrameReader reader(ptyd::kMaxFrame);
  ptyd::v1::Frame frame;
  Outcome outcome;
  while (!input.empty()) {
    const auto room = reader.prepare();
    const std::size_t count = std::min({room.size(), input.size(), step});
    if (count == 0) std::abort();
    std::copy_n(input.data(), count, room.data());
    reader.commit(count);
    input.remove_prefix(count);
    while (reader.next(frame)) ptyd::append_frame(outcome.frames, frame, ptyd::Encoding::binary);
    if (reader.error().code != ptyd::FrameErrc::ok) break;
  }
  outcome.code = reader.error().code;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = read_all(input, input.size());
  if (read_all(input, 7) != whole) std::abort();
  ptyd::Utf8Decoder one;
  ptyd::Utf8Decoder cut;
  const std::size_t middle = size / 2;
  std::string in_two = cut.decode(input.substr(0, middle));
  in_two += cut.decode(input.substr(middle));
  if (one.decode(input) != in_two) std::abort();
  return 0;
}
