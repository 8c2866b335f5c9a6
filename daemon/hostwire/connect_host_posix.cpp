#include <cerrno>

#include "common/local_endpoint.hpp"
#include "daemon/hostwire/connect_host.hpp"

namespace ptyd {

Result<UniqueHandle> connect_host(const std::string& socket_path) {
  auto socket = connect_local(socket_path);
  if (socket || socket.error().os_error != EAGAIN) return socket;
  // Somebody listens, and does not take the connections: no more is known of a host that was stopped.
  auto error = socket.error();
  error.os_error = 0;
  return error;
}

}  // namespace ptyd
