// One flood, many readers: the lossless ones check every byte; some others never read, or read slowly.
// Starts the program by a line that it waits for, once all are attached.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <deque>
#include <exception>

#include "tests/soak/link.hpp"
#include "tests/support/pattern.hpp"

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace ptyd::soak {
namespace {

class Fan {
 public:
  Fan(asio::io_context& loop, Arguments arguments)
      : loop_(loop),
        socket_(text(arguments, 0)),
        session_(text(arguments, 1)),
        seed_(number(arguments, 2)),
        bytes_(number(arguments, 3)),
        readers_(number(arguments, 4)),
        stalled_(number(arguments, 5)),
        slow_(number(arguments, 6)) {}

  asio::awaitable<void> run() {
    for (std::uint64_t i = 0; i < stalled_ + slow_ + readers_; ++i) {
      Link& link = links_.emplace_back(loop_.get_executor(), socket_, presence_);
      AttachParameters parameters;
      parameters.session = session_;
      parameters.flow = i < stalled_ + slow_ ? v1::RESYNC : v1::LOSSLESS;
      parameters.from_offset = 0;
      auto session = co_await link.attach(parameters);
      sessions_.push_back(std::move(session));
    }
    begun_ = Clock::now();
    for (std::uint64_t i = stalled_; i < sessions_.size(); ++i)
      asio::co_spawn(loop_, i < stalled_ + slow_ ? read_slowly(*sessions_[i]) : read(*sessions_[i]),
                     [](const std::exception_ptr& error) {
                       if (error) std::rethrow_exception(error);
                     });
    const auto typed = co_await sessions_.back()->type("\n");
    if (!typed) fail("type: " + typed.error().message);
  }

 private:
  asio::awaitable<void> read(AttachedSession& session) {
    std::uint64_t offset = 0;
    while (offset < bytes_) {
      const AttachedChunk chunk = co_await session.read();
      if (chunk.kind != AttachedChunk::Kind::output || chunk.offset != offset)
        fail("a reader lost its place at " + std::to_string(offset));
      if (check_pattern(seed_, offset, std::as_bytes(std::span(chunk.data)))) fail("a wrong byte was read");
      offset += chunk.data.size();
    }
    if (++done_ < readers_) co_return;
    const std::chrono::duration<double> took = Clock::now() - begun_;
    std::printf("{\"seconds\":%.3f,\"mb_per_second_each\":%.2f,\"slow_bytes\":%llu,\"slow_skipped\":%llu}\n",
                took.count(), static_cast<double>(bytes_) / 1e6 / took.count(),
                static_cast<unsigned long long>(slow_bytes_), static_cast<unsigned long long>(skipped_));
    loop_.stop();
  }

  // About 10 kB/s: a chunk may be 64 KiB, and is waited for accordingly.
  asio::awaitable<void> read_slowly(AttachedSession& session) {
    asio::steady_timer timer(loop_);
    for (;;) {
      const AttachedChunk chunk = co_await session.read();
      using Kind = AttachedChunk::Kind;
      if (chunk.kind == Kind::gap) skipped_ += chunk.end - chunk.offset;
      if (chunk.kind == Kind::ended || chunk.kind == Kind::failed) co_return;
      slow_bytes_ += chunk.data.size();
      timer.expires_after(std::chrono::microseconds(chunk.data.size() * 100));
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  asio::io_context& loop_;
  std::string socket_;
  std::string session_;
  std::uint64_t seed_;
  std::uint64_t bytes_;
  std::uint64_t readers_;
  std::uint64_t stalled_;
  std::uint64_t slow_;
  std::uint64_t done_ = 0;
  std::uint64_t slow_bytes_ = 0;
  std::uint64_t skipped_ = 0;
  Clock::time_point begun_;
  Presence presence_;
  std::deque<Link> links_;
  std::deque<std::unique_ptr<AttachedSession>> sessions_;
};

}  // namespace

int run_fan(Arguments arguments) {
  asio::io_context loop(1);
  Fan fan(loop, arguments);
  asio::co_spawn(loop, fan.run(), [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
  return 0;
}

}  // namespace ptyd::soak
