// Processes have no parents here that wait for them.
#include "daemon/hostlink/children.hpp"

namespace ptyd {

std::optional<ProgramUsage> read_usage(std::uint32_t) noexcept { return std::nullopt; }
bool adopt_orphans() noexcept { return false; }
bool add_child_signal(boost::asio::signal_set&) { return false; }
void reap_children() {}

}  // namespace ptyd
