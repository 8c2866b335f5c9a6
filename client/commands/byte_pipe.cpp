#include "client/commands/byte_pipe.hpp"

namespace ptyd {

boost::asio::awaitable<bool> BytePipe::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = co_await write_some(bytes);
    if (size == 0) co_return false;
    bytes.remove_prefix(size);
  }
  co_return true;
}

}  // namespace ptyd
