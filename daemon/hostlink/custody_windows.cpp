// A pseudoconsole can't be handed to another process.
#include "daemon/hostlink/custody.hpp"

namespace ptyd {

Result<HostProcess> watch_host(std::uint32_t) {
  return Error{errc::failed_precondition, "a host can't be replaced on this system"};
}

std::optional<ProcessCounts> read_counts(const UniqueHandle&) { return std::nullopt; }
boost::asio::awaitable<bool> wait_for_end(boost::asio::any_io_executor, UniqueHandle, std::chrono::milliseconds) {
  co_return false;
}

bool end_child(std::uint32_t) { return false; }

}  // namespace ptyd
