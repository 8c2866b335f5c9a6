#include <unistd.h>

#include <algorithm>

#include "daemon/hostlink/close_descriptors.hpp"

namespace ptyd {

void close_descriptors_from(int first) noexcept {
#if defined(__FreeBSD__) || defined(__OpenBSD__) || defined(__NetBSD__) || defined(__DragonFly__)
  ::closefrom(first);
#else
  const int end = std::min(::getdtablesize(), 65536);
  for (int fd = first; fd < end; ++fd) ::close(fd);
#endif
}

}  // namespace ptyd
