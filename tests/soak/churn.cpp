// Short sessions, many at once: each prints some bytes, exits with a status of its own and is forgotten.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <deque>
#include <exception>

#include "tests/soak/link.hpp"
#include "tests/support/pattern.hpp"

namespace asio = boost::asio;

namespace ptyd::soak {
namespace {

struct Churn {
  std::string child;
  std::uint64_t left = 0;
  std::uint64_t done = 0;
};

class Worker {
 public:
  Worker(asio::any_io_executor executor, std::string socket, std::uint64_t seed, Presence& presence, Churn& churn)
      : random_(seed), churn_(churn), link_(std::move(executor), std::move(socket), presence) {}

  asio::awaitable<void> run() {
    while (churn_.left > 0) {
      --churn_.left;
      co_await one();
      ++churn_.done;
    }
  }

 private:
  asio::awaitable<void> one() {
    const std::uint64_t seed = random_();
    const std::uint64_t size = 1 + random_() % 4000;
    const std::uint32_t status = static_cast<std::uint32_t>(random_() % 256);
    v1::CreateRequest request;
    request.set_id(session_id(random_));
    for (const std::string& word : {churn_.child, std::string("pattern"), std::to_string(seed), std::to_string(size),
                                    std::to_string(status)})
      request.add_argv(word);
    const auto created = co_await link_.call(request);
    if (!created) fail("create: " + created.error().message);
    const std::string id = created->session().id();
    v1::WaitRequest wait;
    wait.add_sessions(id);
    const auto ended = co_await link_.call(wait);
    if (!ended) fail("wait: " + ended.error().message);
    const v1::ExitStatus& exit = ended->sessions(0).exit();
    if (!exit.known() || exit.code() != status) fail(id + ": wrong status: " + exit.ShortDebugString());
    v1::HistoryRequest history;
    history.set_session(id);
    history.set_max_bytes(65536);
    const auto past = co_await link_.call(history);
    if (!past) fail("history: " + past.error().message);
    if (past->data().size() != size || check_pattern(seed, 0, std::as_bytes(std::span(past->data()))))
      fail(id + ": " + std::to_string(past->data().size()) + " of " + std::to_string(size) + " bytes, or wrong ones");
    v1::RemoveRequest remove;
    remove.set_session(id);
    const auto removed = co_await link_.call(remove);
    if (!removed && removed.error().code != errc::not_found) fail("remove: " + removed.error().message);
  }

  std::mt19937_64 random_;
  Churn& churn_;
  Link link_;
};

}  // namespace

int run_churn(Arguments arguments) {
  asio::io_context loop(1);
  Presence presence;
  Churn churn{text(arguments, 1), number(arguments, 3)};
  std::deque<Worker> workers;
  const auto begun = std::chrono::steady_clock::now();
  for (std::uint64_t index = 0; index < number(arguments, 4); ++index) {
    workers.emplace_back(loop.get_executor(), text(arguments, 0), number(arguments, 2) * 1000 + index, presence, churn);
    asio::co_spawn(loop, workers.back().run(), [&](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
      // The connections of the others would go on reading.
      if (churn.done == number(arguments, 3)) loop.stop();
    });
  }
  loop.run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::printf("{\"sessions\":%llu,\"per_second\":%.0f}\n", static_cast<unsigned long long>(churn.done),
              static_cast<double>(churn.done) / took.count());
  return 0;
}

}  // namespace ptyd::soak
