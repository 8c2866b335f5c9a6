// Many attachments of one session in one process: crowd SOCKET SESSION COUNT. Prints a line each time that all of them
// have come that far: "attached", "resumed MILLISECONDS" counted from the first that noticed the loss, "heard" after
// output, and "ended".
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "client/ptyd/attached_session.hpp"

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

class Crowd {
 public:
  Crowd(asio::io_context& loop, std::string socket, std::string session, unsigned count)
      : loop_(loop), session_(std::move(session)), count_(count) {
    options_.socket = std::move(socket);
    options_.name = "crowd";
  }

  void start() {
    for (unsigned i = 0; i < count_; ++i)
      asio::co_spawn(loop_, one(), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
      });
  }

 private:
  asio::awaitable<void> one() {
    ptyd::AttachParameters parameters;
    parameters.direct = false;  // those notice nothing
    parameters.session = session_;
    const auto connect = ptyd::client_factory(loop_.get_executor(), options_);
    const auto session = co_await ptyd::AttachedSession::attach(loop_.get_executor(), connect, parameters);
    if (!session) {
      std::fprintf(stderr, "crowd: %s\n", session.error().message.c_str());
      std::exit(1);
    }
    for (;;) {
      const auto chunk = co_await (*session)->read();
      if (!take(chunk)) co_return;
    }
  }

  bool take(const ptyd::AttachedChunk& chunk) {
    using Kind = ptyd::AttachedChunk::Kind;
    switch (chunk.kind) {
      case Kind::snapshot:
        if (chunk.last) reached(attached_, "attached");
        return true;
      case Kind::lost:
        if (lost_++ == 0) lost_at_ = Clock::now();
        return true;
      case Kind::resumed: {
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - lost_at_).count();
        reached(resumed_, "resumed " + std::to_string(took));
        if (resumed_ == 0) lost_ = 0;
        return true;
      }
      case Kind::output: reached(heard_, "heard"); return true;
      case Kind::ended: reached(ended_, "ended"); return false;
      case Kind::failed: std::fprintf(stderr, "crowd: %s\n", chunk.error.message.c_str()); std::exit(1);
      default: return true;
    }
  }

  void reached(unsigned& counter, const std::string& what) {
    if (++counter < count_) return;
    counter = 0;
    std::printf("%s\n", what.c_str());
    std::fflush(stdout);
  }

  asio::io_context& loop_;
  ptyd::ClientOptions options_;
  std::string session_;
  unsigned count_;
  unsigned attached_ = 0;
  unsigned lost_ = 0;
  unsigned resumed_ = 0;
  unsigned heard_ = 0;
  unsigned ended_ = 0;
  Clock::time_point lost_at_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: crowd SOCKET SESSION COUNT\n");
    return 2;
  }
  asio::io_context loop(1);
  Crowd crowd(loop, argv[1], argv[2], static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10)));
  crowd.start();
  loop.run();
  return 0;
}
