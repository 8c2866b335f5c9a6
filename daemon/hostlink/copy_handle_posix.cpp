#include <fcntl.h>

#include "daemon/hostlink/copy_handle.hpp"

namespace ptyd {

UniqueHandle copy_handle(const UniqueHandle& handle) noexcept {
  return handle ? UniqueHandle(::fcntl(handle.fd(), F_DUPFD_CLOEXEC, 0)) : UniqueHandle();
}

}  // namespace ptyd
