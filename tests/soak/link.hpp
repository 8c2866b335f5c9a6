// One client's way to a daemon that is killed now and then.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "client/ptyd/attached_session.hpp"
#include "tests/soak/verbs.hpp"

namespace ptyd::soak {

std::string text(Arguments arguments, std::size_t index);
std::uint64_t number(Arguments arguments, std::size_t index);

// Ends the program with what is wrong: a soak that goes on after a wrong byte hides where it was.
[[noreturn]] void fail(const std::string& what);

// True once standard input has ended: whoever started this asks for an orderly end.
class Stop {
 public:
  explicit Stop(boost::asio::io_context& loop);
  bool asked() const noexcept { return asked_; }
  // Runs in the loop; ends with it.
  boost::asio::awaitable<void> watch();

 private:
  boost::asio::posix::stream_descriptor input_;
  bool asked_ = false;
};

// Counts who is cut off from the daemon, and prints "up" each time that the last of them is back.
class Presence {
 public:
  void lost() noexcept { ++away_; }
  void back();

 private:
  unsigned away_ = 0;
};

// Requests that are repeated over lost connections until they are answered.
class Link {
 public:
  Link(boost::asio::any_io_executor executor, std::string socket, Presence& presence);

  // The daemon's answer, or its error. Repeats after each loss of the connection: only for requests that may be.
  template <class Query>
  boost::asio::awaitable<Result<typename Method<Query>::Reply>> call(Query query) {
    for (;;) {
      const std::shared_ptr<Client> client = co_await connected();
      Query copy = query;
      Result<typename Method<Query>::Reply> reply = co_await client->call(std::move(copy), Client::kNoDeadline);
      if (reply || !is_loss(reply.error())) co_return reply;
      forget();
    }
  }

  // Connects as often as it takes.
  boost::asio::awaitable<std::shared_ptr<Client>> connected();
  ClientFactory factory() const;
  // An attachment, or the end of the program.
  boost::asio::awaitable<std::unique_ptr<AttachedSession>> attach(AttachParameters parameters);
  const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

 private:
  static bool is_loss(const Error& error) noexcept;
  void forget();

  boost::asio::any_io_executor executor_;
  ClientOptions options_;
  Presence& presence_;
  std::shared_ptr<Client> client_;
  bool away_ = true;  // until the first connection
};

// 16 bytes that name a session for ever.
std::string session_id(std::mt19937_64& random);

}  // namespace ptyd::soak
