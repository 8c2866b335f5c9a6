// Many sessions that do nothing, each with an attached client of its own, which comes back when it was cut off. Prints
// "attached" when all are.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <vector>

#include "tests/soak/link.hpp"

namespace asio = boost::asio;

namespace ptyd::soak {
namespace {

class Crowd {
 public:
  Crowd(asio::io_context& loop, std::string socket, std::uint64_t count)
      : loop_(loop), socket_(std::move(socket)), count_(count), stop_(loop) {}

  // A few at a time: starting a program is work.
  void start() {
    asio::co_spawn(loop_, stop_.watch(), [this](const std::exception_ptr&) { loop_.stop(); });
    for (int i = 0; i < 8; ++i)
      asio::co_spawn(loop_, make(), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
      });
  }
  std::uint64_t resumed() const noexcept { return resumed_; }

 private:
  asio::awaitable<void> make() {
    while (made_ < count_) {
      ++made_;
      Link& link = links_.emplace_back(loop_.get_executor(), socket_, presence_);
      v1::CreateRequest request;
      request.add_argv("/bin/cat");
      const auto created = co_await link.call(request);
      if (!created) fail("create: " + created.error().message);
      AttachParameters parameters;
      parameters.direct = false;  // those notice nothing
      parameters.session = created->session().id();
      auto session = co_await link.attach(parameters);
      for (;;) {
        const AttachedChunk chunk = co_await session->read();
        if (chunk.kind == AttachedChunk::Kind::snapshot && chunk.last) break;
        if (chunk.kind != AttachedChunk::Kind::snapshot) fail("no snapshot came");
      }
      asio::co_spawn(loop_, stay(*session), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
      });
      sessions_.push_back(std::move(session));
      if (sessions_.size() != count_) continue;
      std::printf("attached\n");
      std::fflush(stdout);
    }
  }

  asio::awaitable<void> stay(AttachedSession& session) {
    for (;;) {
      const AttachedChunk chunk = co_await session.read();
      switch (chunk.kind) {
        case AttachedChunk::Kind::lost: presence_.lost(); break;
        case AttachedChunk::Kind::resumed:
          ++resumed_;
          presence_.back();
          break;
        default: fail("a quiet session was not quiet: " + chunk.error.message + chunk.ended.ShortDebugString());
      }
    }
  }

  asio::io_context& loop_;
  std::string socket_;
  std::uint64_t count_;
  std::uint64_t made_ = 0;
  std::uint64_t resumed_ = 0;
  Stop stop_;
  Presence presence_;
  std::deque<Link> links_;
  std::vector<std::unique_ptr<AttachedSession>> sessions_;
};

}  // namespace

int run_idle(Arguments arguments) {
  asio::io_context loop(1);
  Crowd crowd(loop, text(arguments, 0), number(arguments, 1));
  crowd.start();
  loop.run();
  std::printf("{\"resumed\":%llu}\n", static_cast<unsigned long long>(crowd.resumed()));
  std::fflush(stdout);
  std::_Exit(0);  // its clients wait for ever
}

}  // namespace ptyd::soak
