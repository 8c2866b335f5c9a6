// How the acceptor makes a ClientStream.
#pragma once

#include "daemon/server/client_stream.hpp"

namespace ptyd {

// Takes a connected, non-blocking socket. Errors: the loop can't watch it.
Result<std::unique_ptr<ClientStream>> adopt_client(boost::asio::any_io_executor executor, UniqueHandle socket);

}  // namespace ptyd
