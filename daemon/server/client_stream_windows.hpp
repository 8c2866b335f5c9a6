// How the acceptor makes a ClientStream. Windows only.
#pragma once

#include <boost/asio/windows/stream_handle.hpp>

#include "daemon/server/client_stream.hpp"

namespace ptyd {

// Takes a pipe that a client has connected to. It stays with the loop it waited with: the system never lets a handle go
// to another.
std::unique_ptr<ClientStream> adopt_client(boost::asio::windows::stream_handle pipe);

}  // namespace ptyd
