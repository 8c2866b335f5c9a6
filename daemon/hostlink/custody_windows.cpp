// A pseudoconsole can't be handed to another process.
#include "daemon/hostlink/custody.hpp"

namespace ptyd {

Result<HostProcess> watch_host(std::uint32_t) {
  return Error{errc::failed_precondition, "a host can't be replaced on this system"};
}

std::optional<ProcessCounts> read_counts(const UniqueHandle&) { return std::nullopt; }
bool end_child(std::uint32_t) { return false; }

}  // namespace ptyd
