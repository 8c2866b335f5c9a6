// Any order of output, credit, input and acknowledgements: every byte once and in order, within the bounds.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "daemon/core/credit.hpp"
#include "daemon/core/flow.hpp"
#include "daemon/core/input_ledger.hpp"

namespace {

constexpr std::uint64_t kCapacity = 256;
constexpr std::uint64_t kWindow = 64;

void expect(bool condition) {
  if (!condition) std::abort();
}

class Model {
 public:
  explicit Model(ptyd::FlowPolicy policy) : policy_(policy) {}

  void act(std::uint8_t what, std::uint8_t amount) {
    switch (what % 5) {
      case 0: produce(amount); break;
      case 1: credit_.grant(amount); break;
      case 2: step(1 + amount); break;
      case 3: type(amount); break;
      default: ledger_.acknowledge(ledger_.accepted() + amount % (ledger_.next() - ledger_.accepted() + 1)); break;
    }
    expect(ledger_.accepted() <= ledger_.next() && ledger_.next() <= ledger_.limit());
    expect(ledger_.limit() == ledger_.accepted() + kWindow);
  }

 private:
  void produce(std::uint64_t count) {
    if (ptyd::holds_floor(policy_, cursor_, head_, kCapacity)) count = std::min(count, cursor_ + kCapacity - head_);
    head_ += count;
  }

  void step(std::uint64_t max_data) {
    const auto oldest = head_ - std::min(head_, kCapacity);
    const auto before = credit_.available();
    const auto decision = ptyd::next_step({policy_, cursor_, oldest, head_, before, max_data});
    switch (decision.step) {
      case ptyd::FlowStep::send:
        expect(decision.bytes > 0 && decision.bytes <= max_data);
        expect(cursor_ >= oldest && cursor_ + decision.bytes <= head_);
        expect(credit_.spend(decision.bytes) && credit_.available() == before - decision.bytes);
        cursor_ += decision.bytes;
        break;
      case ptyd::FlowStep::resync:
        expect(policy_ == ptyd::FlowPolicy::resync && cursor_ < oldest);
        cursor_ = head_;
        break;
      case ptyd::FlowStep::fell_behind:
        // Never a lossless one: the floor was held for it from the start.
        expect(policy_ == ptyd::FlowPolicy::disconnect && cursor_ < oldest);
        cursor_ = head_;
        break;
      case ptyd::FlowStep::wait_output: expect(cursor_ == head_); break;
      case ptyd::FlowStep::wait_credit: expect(before == 0 && cursor_ < head_); break;
    }
  }

  void type(std::uint8_t amount) {
    const std::uint64_t back = amount % 16;
    const auto next = ledger_.next();
    const auto offset = (amount & 0x10) != 0 ? next + back : next - std::min(next, back);
    const std::uint64_t size = amount >> 2;
    const auto piece = ledger_.receive(offset, size);
    if (!piece) {
      expect(ledger_.next() == next && (offset > next || offset + size > ledger_.limit()));
      return;
    }
    expect(piece->skip + piece->take == size);
    expect(piece->take == 0 || offset + piece->skip == next);
    expect(ledger_.next() == next + piece->take);
  }

  ptyd::FlowPolicy policy_;
  std::uint64_t cursor_ = 0;
  std::uint64_t head_ = 0;
  ptyd::Credit credit_;
  ptyd::InputLedger ledger_{0, kWindow};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Model model(static_cast<ptyd::FlowPolicy>(data[0] % 3));
  for (std::size_t i = 1; i + 1 < size; i += 2) model.act(data[i], data[i + 1]);
  return 0;
}
