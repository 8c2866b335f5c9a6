#include "tests/unit/hostlink/test_ring.hpp"

namespace ptyd {

void TestRing::make_ring(host::RingHeader& header) {
  header.magic = host::kRingMagic;
  header.version = host::kProtocolVersion;
  header.data_offset = host::kDataOffset;
  header.capacity = kCapacity;
  header.state = static_cast<std::uint32_t>(host::State::running);
}

void TestRing::write(const std::string& text) {
  auto* const data = static_cast<char*>(static_cast<void*>(header_)) + host::kDataOffset;
  std::uint64_t head = header_->head;
  header_->reserve = head + text.size();
  for (const char c : text) data[head++ % kCapacity] = c;
  header_->head = head;
}

}  // namespace ptyd
