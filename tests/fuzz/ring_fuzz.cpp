// The host's side of a ring and the daemon's against a plain list of bytes: what the floor holds is read back as it was
// written. Then a host that writes anything into the shared header: no view leaves the mapping.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>

#include "daemon/host/output_ring.hpp"
#include "daemon/hostwire/ring_view.hpp"
#include "tests/support/pattern.hpp"
#include "tests/unit/hostlink/test_ring.hpp"

namespace {

constexpr std::uint64_t kSeed = 5;
constexpr std::uint64_t kCapacity = ptyd::TestRing::kCapacity;

void expect(bool condition) {
  if (!condition) std::abort();
}

class Model {
 public:
  Model() : view_((host_.create(&memory_.header(), kCapacity), take(ptyd::RingView::map(memory_.handle())))) {}

  void act(std::uint8_t what, std::uint64_t amount) {
    switch (what % 7) {
      case 0: write(static_cast<std::size_t>(amount)); break;
      case 1: hold(amount); break;
      case 2:
        view_.release();
        held_ = ptyd::host::kNoFloor;
        break;
      case 3: read(amount, true); break;
      case 4: expect(view_.head() == host_.head() && view_.oldest() <= view_.head()); break;
      case 5:
        if (!host_.wait_at_floor()) break;
        expect(host_.reserve(1, false).bytes() == 0);
        host_.stop_waiting();
        break;
      default: spoil_ = amount; break;
    }
  }

  // From now on the header holds anything.
  void spoil(std::uint8_t what, std::uint64_t amount) {
    auto* const bytes = reinterpret_cast<unsigned char*>(&memory_.header());
    const std::uint64_t value = (amount << (what % 64)) - (what >> 6);
    std::memcpy(bytes + (spoil_ + amount * 8) % (sizeof(ptyd::host::RingHeader) - 8), &value, sizeof value);
    for (const std::uint64_t at : {amount, value, view_.oldest(), view_.head()}) read(at, false);
    static_cast<void>(view_.hold(value));
    std::vector<ptyd::SizeChange> changes;
    static_cast<void>(view_.size_changes(value, changes));
    expect(changes.size() <= ptyd::host::kSizeChanges);
    std::uint64_t accepted = 0;
    static_cast<void>(view_.input_stream({}, accepted));
    static_cast<void>(view_.arm_output(value));
    static_cast<void>(view_.arm_input(value, amount));
  }

 private:
  static ptyd::RingView take(ptyd::Result<ptyd::RingView> mapped) {
    expect(static_cast<bool>(mapped));
    return std::move(*mapped);
  }

  void write(std::size_t want) {
    const auto room = host_.reserve(want, false);
    expect(room.bytes() <= want);
    const std::uint64_t head = host_.head();
    expect(room.bytes() == 0 || held_ == ptyd::host::kNoFloor || head + room.bytes() <= held_ + kCapacity);
    ptyd::fill_pattern(kSeed, head, {room.first, room.first_bytes});
    ptyd::fill_pattern(kSeed, head + room.first_bytes, {room.second, room.second_bytes});
    host_.commit(room.bytes());
  }

  void hold(std::uint64_t back) {
    const std::uint64_t want = view_.head() - std::min(view_.head(), back);
    const std::uint64_t safe = view_.hold(want);
    expect(safe >= want && safe <= view_.head());
    held_ = want;
  }

  void read(std::uint64_t offset, bool honest) {
    const auto spans = view_.read(offset, 4096);
    expect(spans.size() <= 4096);
    expect(inside(spans.first) && inside(spans.second));
    if (!honest) return;
    expect(spans.size() == 0 || (offset >= view_.oldest() && offset + spans.size() <= view_.head()));
    expect(!ptyd::check_pattern(kSeed, offset, spans.first));
    expect(!ptyd::check_pattern(kSeed, offset + spans.first.size(), spans.second));
  }

  // The pieces touch the end of the mapping, and are read to see that they are there.
  static bool inside(std::span<const std::byte> piece) {
    unsigned sum = 0;
    for (const std::byte byte : piece) sum += static_cast<unsigned>(byte);
    return piece.size() <= kCapacity && sum <= 255U * kCapacity;
  }

  ptyd::TestRing memory_;
  ptyd::host::OutputRing host_;
  ptyd::RingView view_;
  std::uint64_t held_ = ptyd::host::kNoFloor;
  std::uint64_t spoil_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Model model;
  const std::size_t honest = size / 3 * 2;
  for (std::size_t i = 0; i + 2 < size; i += 3) {
    const std::uint64_t amount = (std::uint64_t{data[i + 1]} << 8 | data[i + 2]) << (data[i] >> 6);
    if (i < honest)
      model.act(data[i] & 63, amount);
    else
      model.spoil(data[i], amount);
  }
  return 0;
}
