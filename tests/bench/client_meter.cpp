// Measures the daemon from the far side of its socket, with libptyd.
//
//   client_meter stream SOCKET SESSION FOLDER KIND BYTES raw|cooked READERS
//       attaches that many lossless readers to a session which runs `bench_child flood FOLDER`, starts it, and takes
//       the time until all have read the end; every byte is compared, and dropped
//   client_meter resume SOCKET SESSION...
//       attaches to sessions that send back what is typed, and says "attached"; each time that the daemon is gone,
//       types at each as soon as it is there again; once all have answered, says "back" and the monotonic clock's
//       nanoseconds
//   client_meter create SOCKET COUNT AHEAD  creates that many sessions on one connection, with AHEAD requests under way
//   client_meter connect SOCKET COUNT       connects and closes, without a word
//
// Prints JSON, but for resume.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>

#include "client/ptyd/attached_session.hpp"
#include "tests/bench/reports.hpp"
#include "tests/bench/stream.hpp"
#include "tests/bench/terminal.hpp"

namespace asio = boost::asio;

namespace {

using namespace ptyd::bench;
using Words = std::vector<std::string>;
using Kind = ptyd::AttachedChunk::Kind;

std::uint64_t number(const std::string& word) { return std::strtoull(word.c_str(), nullptr, 10); }

void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

ptyd::ClientOptions options_for(const std::string& socket) {
  ptyd::ClientOptions options;
  options.socket = socket;
  options.name = "bench";
  return options;
}

asio::awaitable<std::unique_ptr<ptyd::AttachedSession>> attach(asio::io_context& loop, std::string socket,
                                                               ptyd::AttachParameters parameters) {
  const auto factory = ptyd::client_factory(loop.get_executor(), options_for(socket));
  auto session = co_await ptyd::AttachedSession::attach(loop.get_executor(), factory, std::move(parameters));
  if (!session) give_up("attach: " + session.error().message);
  co_return std::move(*session);
}

// ---------------------------------------------------------------- stream

class Readers {
 public:
  Readers(asio::io_context& loop, const Words& words)
      : loop_(loop),
        words_(words),
        text_(make_stream(words[3], words[5] == "cooked", number(words[4]))),
        reports_(words[2]),
        left_(number(words[6])) {}

  asio::awaitable<void> run() {
    const std::size_t count = left_;
    for (std::size_t i = 0; i < count; ++i) {
      ptyd::AttachParameters parameters;
      parameters.direct = false;  // the daemon's path
      parameters.session = words_[1];
      parameters.flow = ptyd::v1::LOSSLESS;
      parameters.from_offset = 0;
      auto session = co_await attach(loop_, words_[0], parameters);
      sessions_.push_back(std::move(session));
    }
    begun_ = Clock::now();
    reports_.start_child();
    for (std::size_t i = 0; i < count; ++i) asio::co_spawn(loop_, read(*sessions_[i]), rethrow);
  }

 private:
  asio::awaitable<void> read(ptyd::AttachedSession& session) {
    Follower follower(text_, true);
    while (!follower.ended()) {
      const auto chunk = co_await session.read();
      if (chunk.kind != Kind::output) give_up("a reader lost its place");
      follower.take(chunk.data);
    }
    exact_ += follower.all_right() ? 1 : 0;
    if (--left_ > 0) co_return;
    const double seconds = micros(Clock::now() - begun_) / 1e6;
    std::printf("{\"mb_per_second\": %.3f, \"seconds\": %.6f, \"clients\": %zu, \"ended\": %zu, \"exact\": %zu}\n",
                static_cast<double>(text_.shown_bytes()) / seconds / 1e6, seconds, sessions_.size(), sessions_.size(),
                exact_);
    loop_.stop();
  }

  asio::io_context& loop_;
  Words words_;
  Stream text_;
  Reports reports_;
  std::size_t left_;
  std::size_t exact_ = 0;
  Clock::time_point begun_;
  std::deque<std::unique_ptr<ptyd::AttachedSession>> sessions_;
};

// ---------------------------------------------------------------- resume

class Returning {
 public:
  Returning(asio::io_context& loop, Words words) : loop_(loop), words_(std::move(words)) {}

  void start() {
    for (std::size_t i = 1; i < words_.size(); ++i) asio::co_spawn(loop_, stay(words_[i]), rethrow);
  }

 private:
  asio::awaitable<void> stay(std::string name) {
    ptyd::AttachParameters parameters;
    parameters.direct = false;  // it is the daemon's return that is measured
    parameters.session = std::move(name);
    const auto session = co_await attach(loop_, words_[0], parameters);
    bool asked = false;
    for (;;) {
      const auto chunk = co_await session->read();
      if (chunk.kind == Kind::failed || chunk.kind == Kind::ended) give_up("an attachment ended");
      if (chunk.kind == Kind::snapshot && chunk.last) reached(attached_, "attached");
      if (chunk.kind == Kind::resumed) {
        session->type_some("x");
        asked = true;
      }
      if (chunk.kind != Kind::output || !asked) continue;
      if (chunk.data != "x") give_up("something else came back");
      asked = false;
      reached(back_, "back " + std::to_string(Clock::now().time_since_epoch().count()));
    }
  }

  void reached(std::size_t& counter, const std::string& what) {
    if (++counter < words_.size() - 1) return;
    counter = 0;
    std::printf("%s\n", what.c_str());
    std::fflush(stdout);
  }

  asio::io_context& loop_;
  Words words_;
  std::size_t attached_ = 0;
  std::size_t back_ = 0;
};

// ---------------------------------------------------------------- create and connect

class Creating {
 public:
  Creating(asio::io_context& loop, const Words& words)
      : loop_(loop), socket_(words[0]), count_(number(words[1])), ahead_(number(words[2])) {}

  asio::awaitable<void> run() {
    const auto client = co_await ptyd::Client::connect(loop_.get_executor(), options_for(socket_));
    if (!client) give_up("connect: " + client.error().message);
    client_ = *client;
    begun_ = Clock::now();
    for (std::uint64_t i = 0; i < ahead_; ++i) asio::co_spawn(loop_, create(), rethrow);
  }

 private:
  asio::awaitable<void> create() {
    while (asked_ < count_) {
      ++asked_;
      ptyd::v1::CreateRequest request;
      request.add_argv("/bin/cat");
      const auto reply = co_await client_->call(request);
      if (!reply) give_up("create: " + reply.error().message);
      if (++made_ < count_) continue;
      const double seconds = micros(Clock::now() - begun_) / 1e6;
      std::printf("{\"per_second\": %.1f}\n", static_cast<double>(count_) / seconds);
      loop_.stop();
    }
  }

  asio::io_context& loop_;
  std::string socket_;
  std::uint64_t count_;
  std::uint64_t ahead_;
  std::uint64_t asked_ = 0;
  std::uint64_t made_ = 0;
  Clock::time_point begun_;
  std::shared_ptr<ptyd::Client> client_;
};

int connect_and_close(const Words& words) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (words[0].size() >= sizeof address.sun_path) give_up("the socket's path is too long");
  std::copy(words[0].begin(), words[0].end(), address.sun_path);
  const std::uint64_t count = number(words[1]);
  const auto begin = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) die("connect");
    ::close(fd);
  }
  std::printf("{\"us_each\": %.2f}\n", micros(Clock::now() - begin) / static_cast<double>(count));
  return 0;
}

int run(const std::string& verb, const Words& words) {
  asio::io_context loop(1);
  if (verb == "connect" && words.size() == 2) return connect_and_close(words);
  if (verb == "stream" && words.size() == 7) {
    Readers readers(loop, words);
    asio::co_spawn(loop, readers.run(), rethrow);
    loop.run();
  } else if (verb == "create" && words.size() == 3) {
    Creating creating(loop, words);
    asio::co_spawn(loop, creating.run(), rethrow);
    loop.run();
  } else if (verb == "resume" && words.size() >= 2) {
    Returning returning(loop, words);
    returning.start();
    loop.run();
  } else {
    give_up("usage: client_meter stream|resume|create|connect SOCKET ...");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) give_up("usage: client_meter stream|resume|create|connect SOCKET ...");
  const int status = run(argv[1], Words(argv + 2, argv + argc));
  std::fflush(stdout);
  std::_Exit(status);  // attachments end with the connection
}
