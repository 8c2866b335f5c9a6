#include "client/commands/context.hpp"

#include "client/commands/ssh_transport.hpp"
#include "client/commands/system.hpp"
#include "client/format/print_error.hpp"
#include "common/clock.hpp"
#include "common/escape.hpp"
#include "common/standard_output.hpp"
#include "ptyd/version.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// Another machine may ask for a password first.
constexpr std::chrono::milliseconds kRemoteDeadline{120'000};

}  // namespace

CommandContext::CommandContext(asio::any_io_executor executor, GlobalOptions global, ExitCodes codes, EnvLookup env)
    : executor_(executor), global_(std::move(global)), codes_(codes), env_(std::move(env)) {}

std::chrono::milliseconds CommandContext::deadline(std::chrono::milliseconds usual) const {
  return global_.timeout.value_or(usual);
}

ClientOptions CommandContext::client_options(Autostart autostart) const {
  ClientOptions options;
  options.socket = global_.socket.value_or("");
  options.name = "ptyctl";
  options.version = kVersion;
  options.autostart = global_.autostart ? autostart : Autostart::no;
  options.deadline = remote() ? kRemoteDeadline : options.deadline;
  if (global_.timeout) options.deadline = std::min(options.deadline, *global_.timeout);
  return options;
}

ClientFactory CommandContext::connector(Autostart autostart) const {
  auto factory = remote() ? ssh_client_factory(executor_, *global_.host, client_options(autostart))
                          : client_factory(executor_, client_options(autostart));
  if (!global_.verbose) return factory;
  return [this, factory](Autostart start) { return connect_noting(factory, start); };
}

asio::awaitable<Result<std::shared_ptr<Client>>> CommandContext::connect_noting(ClientFactory factory,
                                                                                Autostart autostart) const {
  auto client = co_await factory(autostart);
  if (!client) co_return client;
  const auto& welcome = (*client)->welcome();
  note("connected to ptyd " + escape_text(welcome.server_version()) + ", process " +
       std::to_string(welcome.server_pid()) + ", protocol " + std::to_string(welcome.protocol()) + "\r\n");
  co_return client;
}

asio::awaitable<Result<std::shared_ptr<Client>>> CommandContext::connect(Autostart autostart) const {
  return connector(autostart)(autostart);
}

void CommandContext::print(std::string_view text) const { write_output(OutputStream::out, text); }

void CommandContext::print_json(std::string document) const {
  document += '\n';
  print(document);
}

void CommandContext::note(std::string_view text) const {
  if (!global_.quiet) write_output(OutputStream::error, text);
}

int CommandContext::fail(const Error& error) const {
  print_error(error, global_.output);
  return to_int(exit_code_for(error, codes_));
}

TextStyle CommandContext::style() const {
  TextStyle style;
  const bool terminal = is_terminal(StandardStream::out);
  style.color = use_color(global_.color, terminal, !env("NO_COLOR").empty());
  style.width = terminal ? output_columns() : 0;
  style.now_ms = unix_ms();
  return style;
}

}  // namespace ptyd
