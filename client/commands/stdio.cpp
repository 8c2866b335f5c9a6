// The raw bytes of a connection over stdin and stdout, for ssh.
#include <array>
#include <chrono>

#include "client/commands/byte_pipe.hpp"
#include "client/commands/commands.hpp"
#include "client/commands/system.hpp"
#include "client/ptyd/daemon_socket.hpp"
#include "client/ptyd/daemon_stream.hpp"
#include "common/async_event.hpp"
#include "common/task_group.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::chrono::seconds kQuiet{1};  // after which no more answers are expected

struct Bridge {
  explicit Bridge(asio::any_io_executor executor) : answered(executor), done(executor) {}
  std::unique_ptr<DaemonStream> daemon;
  std::unique_ptr<BytePipe> in;
  std::unique_ptr<BytePipe> out;
  AsyncEvent answered;  // the daemon sent something
  AsyncEvent done;
};

// Where the daemon can't be told that no more requests come, it can't say that it has answered all, either.
asio::awaitable<void> wait_for_quiet(Bridge* bridge) {
  for (bool more = true; more;) {
    const auto deadline = std::chrono::steady_clock::now() + kQuiet;
    more = co_await bridge->answered.wait_until(deadline);
  }
}

asio::awaitable<void> carry_in(Bridge* bridge) {
  std::vector<char> room(kPiece);
  const std::span<char> into(room);
  for (;;) {
    const std::size_t size = co_await bridge->in->read_some(into);
    std::string_view rest(room.data(), size);
    while (!rest.empty()) {
      const std::size_t sent = co_await bridge->daemon->write_some(rest);
      if (sent == 0) co_return;
      rest.remove_prefix(sent);
    }
    if (size > 0) continue;
    // The client is gone, or has said all it wanted: answers still go out.
    if (bridge->daemon->finish_writing()) co_return;
    co_await wait_for_quiet(bridge);
    bridge->done.notify();
    co_return;
  }
}

asio::awaitable<void> carry_out(Bridge* bridge) {
  std::vector<char> room(kPiece);
  const std::span<char> into(room);
  for (;;) {
    const std::size_t size = co_await bridge->daemon->read_some(into);
    bridge->answered.notify();
    const std::string_view bytes(room.data(), size);
    const bool written = co_await bridge->out->write_all(bytes);
    if (size == 0 || !written) break;
  }
  bridge->done.notify();
}

}  // namespace

CommandResult run_stdio(CommandContext* context, StdioOptions) {
  if (context->remote()) co_return context->fail(Error{errc::invalid_argument, "stdio can't be used with --host"});
  ignore_broken_pipes();
  auto socket = co_await open_daemon_socket(context->executor(), context->client_options(Autostart::yes));
  if (!socket) co_return context->fail(socket.error());
  Bridge bridge(context->executor());
  auto daemon = DaemonStream::adopt(context->executor(), std::move(*socket));
  auto in = BytePipe::standard(context->executor(), StandardEnd::in);
  auto out = BytePipe::standard(context->executor(), StandardEnd::out);
  if (!daemon) co_return context->fail(daemon.error());
  if (!in) co_return context->fail(in.error());
  if (!out) co_return context->fail(out.error());
  bridge.daemon = std::move(*daemon);
  bridge.in = std::move(*in);
  bridge.out = std::move(*out);
  TaskGroup tasks(context->executor());
  tasks.spawn(carry_out(&bridge));
  tasks.spawn(carry_in(&bridge));
  co_await bridge.done.wait();
  co_await tasks.close();
  co_return to_int(ExitCode::done);
}

}  // namespace ptyd
