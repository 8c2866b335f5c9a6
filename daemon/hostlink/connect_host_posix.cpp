#include "common/local_endpoint.hpp"
#include "daemon/hostlink/connect_host.hpp"

namespace ptyd {

Result<UniqueHandle> connect_host(const std::string& socket_path) { return connect_local(socket_path); }

}  // namespace ptyd
