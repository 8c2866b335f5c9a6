#include "daemon/host/custody_memory.hpp"

#include <algorithm>

namespace ptyd::host {

Left what_is_left(const CustodyMemory& memory, const RingHeader& header, const IoCounts* counts) noexcept {
  Left left;
  left.head = header.head.load();
  left.written = memory.input.written.load();
  left.guest_written = memory.input.guest_written.load();
  const std::uint32_t guest_bytes = memory.input.guest_bytes.load();
  const std::uint64_t taken = memory.input.taken.load();
  if (memory.magic.load() != kCustodyMagic || memory.version != kCustodyVersion) return left;
  if (left.written > taken || taken - left.written > kInputWindow || memory.input.origin > left.written) return left;
  if (guest_bytes > kMaxGuestInput || left.guest_written > guest_bytes) return left;
  if (memory.reading.load() != 0) {
    // `reserve` was raised before the read, so no read brought more.
    const std::uint64_t most = header.reserve.load() - std::min(left.head, header.reserve.load());
    const std::uint64_t more = counts == nullptr ? 0 : counts->read - memory.read_origin.load() - left.head;
    left.output_missing = counts == nullptr || more > most;
    if (!left.output_missing) left.head += more;
  }
  if (const std::uint32_t bytes = memory.writing.load(); bytes > 0) {
    // It may have been noted already that they are written.
    const bool guest = memory.input.guest_writing.load() != 0;
    const std::uint64_t most =
        std::min<std::uint64_t>(bytes, guest ? guest_bytes - left.guest_written : taken - left.written);
    const std::uint64_t more =
        counts == nullptr ? 0 : counts->written - memory.write_origin.load() - memory.input.all_written();
    const bool certain = counts != nullptr && more <= most;
    if (guest)
      (certain ? left.guest_written : left.guest_uncertain) += static_cast<std::uint32_t>(certain ? more : most);
    else
      (certain ? left.written : left.uncertain) += certain ? more : most;
  }
  left.known = true;
  return left;
}

}  // namespace ptyd::host
