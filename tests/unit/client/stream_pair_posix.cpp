#include "tests/unit/client/stream_pair.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace ptyd {

Result<std::pair<UniqueHandle, UniqueHandle>> stream_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) return os_error("socketpair", errno);
  return std::pair(UniqueHandle(ends[0]), UniqueHandle(ends[1]));
}

}  // namespace ptyd
