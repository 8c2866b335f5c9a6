// Elsewhere than on Linux nothing tells how much a dead process has read.
#include <cerrno>

#include "daemon/host/custody.hpp"

namespace ptyd::host {

int Custody::create() { return ENOSYS; }
int Custody::adopt(Descriptor) { return ENOSYS; }
void Custody::keep(bool) noexcept {}
void Custody::renew(std::uint64_t) noexcept {}
#ifdef PTYD_TEST_HOOKS
void Custody::check(std::uint64_t) noexcept {}
#endif
void Custody::before_write(std::uint64_t, std::size_t) noexcept {}
void Custody::after_write(std::size_t) noexcept {}

}  // namespace ptyd::host
