// The Model Context Protocol on stdin and stdout.
#include <filesystem>
#include <memory>
#include <vector>

#include "client/commands/byte_pipe.hpp"
#include "client/commands/commands.hpp"
#include "client/commands/system.hpp"
#include "client/mcp/server.hpp"
#include "common/async_event.hpp"
#include "common/task_group.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kPiece = 64 * 1024;

struct Ends {
  explicit Ends(asio::any_io_executor executor) : over(executor) {}
  std::unique_ptr<BytePipe> in;
  std::unique_ptr<BytePipe> out;
  bool failed = false;
  AsyncEvent over;  // nothing comes in any more, or nothing can go out
};

asio::awaitable<void> listen(Ends* ends, McpServer* server) {
  std::vector<char> room(kPiece);
  const std::span<char> into(room);
  for (;;) {
    const std::size_t size = co_await ends->in->read_some(into);
    if (size == 0 || !server->take(std::string_view(room.data(), size))) break;
  }
  ends->over.notify();
}

asio::awaitable<void> speak(Ends* ends, McpServer* server) {
  for (;;) {
    const std::string line = co_await server->next();
    if (line.empty()) co_return;
    const bool written = co_await ends->out->write_all(line);
    if (written) continue;
    ends->failed = true;
    ends->over.notify();
    co_return;
  }
}

}  // namespace

CommandResult run_mcp(CommandContext* context, McpOptions) {
  ignore_broken_pipes();
  Ends ends(context->executor());
  auto in = BytePipe::standard(context->executor(), StandardEnd::in);
  auto out = BytePipe::standard(context->executor(), StandardEnd::out);
  if (!in) co_return context->fail(in.error());
  if (!out) co_return context->fail(out.error());
  ends.in = std::move(*in);
  ends.out = std::move(*out);
  // Another machine's programs need that machine's environment and folders: its daemon knows some.
  std::error_code ignored;
  const auto folder = context->remote() ? std::string() : std::filesystem::current_path(ignored).string();
  auto variables = context->remote() ? std::vector<std::pair<std::string, std::string>>() : environment();
  ToolDaemon daemon(context->connector(Autostart::yes), std::move(variables), folder);
  McpServer server(context->executor(), &daemon);
  TaskGroup listening(context->executor());
  TaskGroup speaking(context->executor());
  listening.spawn(listen(&ends, &server));
  speaking.spawn(speak(&ends, &server));
  co_await ends.over.wait();
  co_await listening.close();
  co_await server.close();
  co_await speaking.join();
  co_return ends.failed ? to_int(ExitCode::failed) : to_int(ExitCode::done);
}

}  // namespace ptyd
