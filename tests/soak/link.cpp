#include "tests/soak/link.hpp"

#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace asio = boost::asio;

namespace ptyd::soak {

std::string text(Arguments arguments, std::size_t index) {
  if (index < arguments.size()) return arguments[index];
  fail("an argument is missing");
}

std::uint64_t number(Arguments arguments, std::size_t index) {
  return std::strtoull(text(arguments, index).c_str(), nullptr, 10);
}

void fail(const std::string& what) {
  std::fprintf(stderr, "soak_load: %s\n", what.c_str());
  std::_Exit(1);
}

Stop::Stop(asio::io_context& loop) : input_(loop, ::dup(STDIN_FILENO)) {}

asio::awaitable<void> Stop::watch() {
  std::array<char, 16> bytes{};
  boost::system::error_code error;
  while (!error) {
    co_await input_.async_read_some(asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
  }
  asked_ = true;
}

void Presence::back() {
  if (--away_ != 0) return;
  std::printf("up\n");
  std::fflush(stdout);
}

Link::Link(asio::any_io_executor executor, std::string socket, Presence& presence)
    : executor_(std::move(executor)), presence_(presence) {
  options_.socket = std::move(socket);
  options_.name = "soak";
  presence_.lost();
}

asio::awaitable<std::shared_ptr<Client>> Link::connected() {
  asio::steady_timer timer(executor_);
  while (client_ == nullptr) {
    auto made = co_await Client::connect(executor_, options_);
    if (made) {
      client_ = std::move(*made);
      if (std::exchange(away_, false)) presence_.back();
      break;
    }
    if (!is_loss(made.error())) fail("connect: " + made.error().message);
    if (!std::exchange(away_, true)) presence_.lost();
    timer.expires_after(std::chrono::milliseconds(2));
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return client_;
}

asio::awaitable<std::unique_ptr<AttachedSession>> Link::attach(AttachParameters parameters) {
  const std::shared_ptr<Client> client = co_await connected();
  auto session = co_await AttachedSession::attach(executor_, client, factory(), std::move(parameters));
  if (!session) fail("attach: " + session.error().message);
  co_return std::move(*session);
}

ClientFactory Link::factory() const { return client_factory(executor_, options_); }

bool Link::is_loss(const Error& error) noexcept { return error.code == errc::unavailable; }

void Link::forget() {
  client_.reset();
  if (!std::exchange(away_, true)) presence_.lost();
}

std::string session_id(std::mt19937_64& random) {
  std::string id(16, '\0');
  for (std::size_t at = 0; at < id.size(); at += 8) {
    const std::uint64_t word = random();
    std::memcpy(id.data() + at, &word, sizeof word);
  }
  return id;
}

}  // namespace ptyd::soak
