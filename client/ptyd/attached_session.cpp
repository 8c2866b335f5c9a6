#include "client/ptyd/attached_session.hpp"

#include <utility>

#include "client/ptyd/attached_session_impl.hpp"

namespace ptyd {

namespace asio = boost::asio;

AttachedSession::AttachedSession(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

AttachedSession::~AttachedSession() { impl_->stop(); }

asio::awaitable<Result<std::unique_ptr<AttachedSession>>> AttachedSession::attach(asio::any_io_executor executor,
                                                                                  ClientFactory connect,
                                                                                  AttachParameters parameters) {
  return attach(executor, nullptr, std::move(connect), std::move(parameters));
}

asio::awaitable<Result<std::unique_ptr<AttachedSession>>> AttachedSession::attach(asio::any_io_executor executor,
                                                                                  std::shared_ptr<Client> client,
                                                                                  ClientFactory connect,
                                                                                  AttachParameters parameters) {
  const auto impl = std::make_shared<Impl>(executor, std::move(connect), std::move(parameters));
  const auto begun = co_await impl->begin(std::move(client));
  if (!begun) {
    impl->stop();
    co_return begun.error();
  }
  co_return std::unique_ptr<AttachedSession>(new AttachedSession(impl));
}

const v1::SessionInfo& AttachedSession::session() const noexcept { return impl_->session(); }

asio::awaitable<AttachedChunk> AttachedSession::read() { return impl_->read(); }

std::size_t AttachedSession::type_some(std::string_view bytes) { return impl_->type_some(bytes); }

asio::awaitable<bool> AttachedSession::wait_input_room() { return impl_->wait_input_room(); }

asio::awaitable<Result<void>> AttachedSession::type(std::string bytes) {
  const auto impl = impl_;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    if (auto fine = impl->may_type(); !fine) co_return fine.error();
    rest.remove_prefix(impl->type_some(rest));
    if (!rest.empty()) static_cast<void>(co_await impl->wait_input_room());
  }
  co_return Result<void>();
}

asio::awaitable<bool> AttachedSession::drain_input(std::chrono::milliseconds deadline) {
  return impl_->drain_input(std::chrono::steady_clock::now() + deadline);
}

void AttachedSession::set_size(const v1::WindowSize& size) { impl_->set_size(size); }

asio::awaitable<void> AttachedSession::detach(std::chrono::milliseconds deadline) { return impl_->detach(deadline); }

}  // namespace ptyd
