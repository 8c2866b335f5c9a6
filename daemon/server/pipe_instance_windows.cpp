#include "daemon/server/pipe_instance_windows.hpp"

#include <boost/asio/windows/overlapped_ptr.hpp>

#include "common/handle_windows.hpp"

namespace ptyd {

namespace asio = boost::asio;

Result<std::shared_ptr<PipeInstance>> PipeInstance::make(asio::any_io_executor executor, UniqueHandle pipe) {
  std::shared_ptr<PipeInstance> instance(new PipeInstance(executor));
  boost::system::error_code error;
  instance->pipe_.assign(handle_of(pipe), error);
  if (error) return os_error("wait for a pipe's client", error.value());
  static_cast<void>(pipe.release());
  return instance;
}

void PipeInstance::listen(std::function<void(int)> done) {
  const auto handler = [self = shared_from_this(), done = std::move(done)](const boost::system::error_code& error,
                                                                           std::size_t) { done(error.value()); };
  asio::windows::overlapped_ptr operation(pipe_.get_executor(), handler);
  const bool connected = ::ConnectNamedPipe(pipe_.native_handle(), operation.get()) != 0;
  const DWORD reason = connected ? ERROR_IO_PENDING : ::GetLastError();
  boost::system::error_code result;
  switch (reason) {
    case ERROR_IO_PENDING: static_cast<void>(operation.release()); return;
    // A client was there already, or has been and gone: then what it sent is still to be read. The port is not told.
    case ERROR_PIPE_CONNECTED:
    case ERROR_NO_DATA: break;
    default: result.assign(static_cast<int>(reason), boost::system::system_category());
  }
  operation.complete(result, 0);
}

void PipeInstance::send_away() noexcept { ::DisconnectNamedPipe(pipe_.native_handle()); }

void PipeInstance::close() noexcept {
  boost::system::error_code ignored;
  pipe_.close(ignored);
}

}  // namespace ptyd
