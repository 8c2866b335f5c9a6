// Sessions that write and read at full speed at once; every byte is checked at both ends, and the exit status.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cstdio>
#include <deque>
#include <exception>
#include <utility>

#include "tests/soak/link.hpp"
#include "tests/support/pattern.hpp"

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace ptyd::soak {
namespace {

// Longer than hosts can't be started in any test, and a round takes.
constexpr std::chrono::seconds kNoHosts{60};

struct Load {
  std::string socket;
  std::string child;
  std::uint64_t seed = 0;
  std::uint64_t sessions = 0;
  std::uint64_t out = 0;
  std::uint64_t in = 0;
};

struct Totals {
  std::uint64_t rounds = 0;
  std::uint64_t out = 0;
  std::uint64_t in = 0;
  std::uint64_t resumed = 0;
  std::uint64_t not_created = 0;  // as there were no hosts
};

// One place in which one session follows the other.
class Slot {
 public:
  Slot(asio::any_io_executor executor, const Load& load, std::uint64_t index, const Stop& stop, Presence& presence,
       Totals& totals)
      : load_(load),
        name_("soak" + std::to_string(index)),
        random_(load.seed * 1000 + index),
        stop_(stop),
        presence_(presence),
        totals_(totals),
        direct_(index % 2 == 1),
        link_(std::move(executor), load.socket, presence) {}

  asio::awaitable<void> run() {
    while (!stop_.asked()) co_await round();
  }

 private:
  asio::awaitable<void> round() {
    seed_ = random_();
    v1::CreateRequest request;
    request.set_id(session_id(random_));
    request.set_name(name_);
    for (const std::string& word : {load_.child, std::string("duplex"), std::to_string(seed_),
                                    std::to_string(load_.out), std::to_string(load_.in)})
      request.add_argv(word);
    const auto created = co_await link_.call(request);
    // Some tests have times in which no host can be started.
    if (!created && created.error().code == errc::spawn_failed && Clock::now() - created_at_ < kNoHosts) {
      ++totals_.not_created;
      co_return;
    }
    if (!created) fail(name_ + ": create: " + created.error().message);
    created_at_ = Clock::now();
    co_await live(created->session().id());
    v1::RemoveRequest remove;
    remove.set_session(created->session().id());
    remove.set_force(true);
    const auto removed = co_await link_.call(remove);
    // Not found: the daemon died after it had been done.
    if (!removed && removed.error().code != errc::not_found) fail(name_ + ": remove: " + removed.error().message);
    ++totals_.rounds;
  }

  asio::awaitable<void> live(std::string id) {
    AttachParameters parameters;
    parameters.direct = direct_;
    parameters.session = std::move(id);
    parameters.flow = v1::LOSSLESS;
    parameters.from_offset = 0;
    for (;;) {
      const std::shared_ptr<Client> client = co_await link_.connected();
      auto session = co_await AttachedSession::attach(link_.executor(), client, link_.factory(), parameters);
      if (session) {
        // Before its first byte the program's terminal is not in raw mode.
        offset_ = 0;
        while (offset_ == 0) co_await read_one(**session);
        using namespace asio::experimental::awaitable_operators;
        asio::awaitable<void> reading = read(**session);
        asio::awaitable<void> typing = type(**session);
        co_await (std::move(reading) && std::move(typing));
        co_return;
      }
      if (session.error().code != errc::unavailable) fail(name_ + ": attach: " + session.error().message);
      v1::StatusRequest status;
      const auto alive = co_await link_.call(status);
      if (!alive) fail(name_ + ": status: " + alive.error().message);
    }
  }

  asio::awaitable<void> type(AttachedSession& session) {
    std::string bytes(64 * 1024, '\0');
    for (std::uint64_t at = 0; at < load_.in; at += bytes.size()) {
      bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), load_.in - at)));
      fill_pattern(~seed_, at, std::as_writable_bytes(std::span(bytes)));
      make_printable(std::as_writable_bytes(std::span(bytes)));
      const auto typed = co_await session.type(bytes);
      if (!typed) fail(name_ + ": type: " + typed.error().message);
      totals_.in += bytes.size();
    }
  }

  asio::awaitable<void> read(AttachedSession& session) {
    bool more = true;
    while (more) more = co_await read_one(session);
  }

  // False at the end.
  asio::awaitable<bool> read_one(AttachedSession& session) {
    const AttachedChunk chunk = co_await session.read();
    switch (chunk.kind) {
      case AttachedChunk::Kind::output: check(chunk); break;
      case AttachedChunk::Kind::lost:
        away_ = true;
        presence_.lost();
        break;
      case AttachedChunk::Kind::resumed:
        ++totals_.resumed;
        come_back();
        break;
      case AttachedChunk::Kind::ended:
        // The child says 42 only when all that it read was right.
        if (!chunk.ended.exit().known() || chunk.ended.exit().code() != 42 || offset_ != load_.out)
          fail(name_ + ": ended at " + std::to_string(offset_) + " with " + chunk.ended.ShortDebugString());
        come_back();  // its end may be all that is told of that
        co_return false;
      default: fail(name_ + ": lost something at " + std::to_string(offset_) + ": " + chunk.error.message);
    }
    co_return true;
  }

  void come_back() {
    if (std::exchange(away_, false)) presence_.back();
  }

  void check(const AttachedChunk& chunk) {
    if (chunk.offset != offset_) fail(name_ + ": expected offset " + std::to_string(offset_));
    std::string wanted(chunk.data.size(), '\0');
    fill_pattern(seed_, offset_, std::as_writable_bytes(std::span(wanted)));
    make_printable(std::as_writable_bytes(std::span(wanted)));
    if (wanted != chunk.data) fail(name_ + ": a wrong byte after " + std::to_string(offset_));
    offset_ += chunk.data.size();
    totals_.out += chunk.data.size();
  }

  const Load& load_;
  std::string name_;
  std::mt19937_64 random_;
  const Stop& stop_;
  Presence& presence_;
  Totals& totals_;
  Clock::time_point created_at_ = Clock::now();
  bool direct_;  // half of them: these notice nothing of a daemon's end
  Link link_;
  std::uint64_t seed_ = 0;
  std::uint64_t offset_ = 0;
  bool away_ = false;
};

}  // namespace

int run_duplex(Arguments arguments) {
  const Load load{text(arguments, 0),   text(arguments, 1),   number(arguments, 2),
                  number(arguments, 3), number(arguments, 4), number(arguments, 5)};
  asio::io_context loop(1);
  Stop stop(loop);
  Presence presence;
  Totals totals;
  std::deque<Slot> slots;
  std::uint64_t running = load.sessions;
  asio::co_spawn(loop, stop.watch(), asio::detached);
  for (std::uint64_t index = 0; index < load.sessions; ++index) {
    slots.emplace_back(loop.get_executor(), load, index, stop, presence, totals);
    asio::co_spawn(loop, slots.back().run(), [&](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
      // Their connections would go on reading.
      if (--running == 0) loop.stop();
    });
  }
  loop.run();
  std::printf("{\"rounds\":%llu,\"out_bytes\":%llu,\"in_bytes\":%llu,\"resumed\":%llu,\"not_created\":%llu}\n",
              static_cast<unsigned long long>(totals.rounds), static_cast<unsigned long long>(totals.out),
              static_cast<unsigned long long>(totals.in), static_cast<unsigned long long>(totals.resumed),
              static_cast<unsigned long long>(totals.not_created));
  return 0;
}

}  // namespace ptyd::soak
