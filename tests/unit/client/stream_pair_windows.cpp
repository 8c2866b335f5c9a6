#include "tests/unit/client/stream_pair.hpp"

#include "common/local_endpoint.hpp"
#include "tests/unit/common/pipe_pair.hpp"

namespace ptyd {

Result<std::pair<UniqueHandle, UniqueHandle>> stream_pair() {
  const auto name = unused_pipe_name();
  auto server = listen_local(name);
  if (!server) return server.error();
  auto client = connect_local(name);
  if (!client) return client.error();
  if (!accept_client(*server)) return os_error("accept the client of a pipe", last_error());
  return std::pair(std::move(*client), std::move(*server));
}

}  // namespace ptyd
