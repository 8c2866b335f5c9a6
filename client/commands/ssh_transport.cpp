#include "client/commands/ssh_transport.hpp"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <memory>

#include "client/cli/option_set.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// Of a factory, which makes one connection at a time: the one before is gone when the next is made.
struct Past {
  bool connected = false;
  std::shared_ptr<void> relay;
};

asio::awaitable<Result<std::shared_ptr<Client>>> connect_over_ssh(asio::any_io_executor executor,
                                                                  std::vector<std::string> command,
                                                                  ClientOptions options, std::shared_ptr<Past> past) {
  past->connected = true;
  const auto program = start_on_socket(command);
  if (!program) co_return program.error();
  past->relay = program->relay;
  auto client = co_await Client::adopt(executor, program->socket, options);
  if (client) co_return client;
  auto error = client.error();
  error.code = error.code == errc::malformed ? errc::unavailable : error.code;
  error.message = "connect by " + command.front() + ": " + error.message;
  error.hint = "see what ssh said; ptyctl must be in the PATH of the other machine";
  co_return error;
}

asio::awaitable<Result<std::shared_ptr<Client>>> fail_with(Error error) { co_return error; }

bool is_plain(const std::string& text) {
  return !text.empty() && text.front() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '@' || c == '%' || c == ':' || c == '[' || c == ']';
  });
}

}  // namespace

Result<std::vector<std::string>> ssh_command(const std::string& host, bool batch, bool autostart) {
  constexpr std::string_view kScheme = "ssh://";
  std::string target = host.starts_with(kScheme) ? host.substr(kScheme.size()) : host;
  if (target.ends_with('/')) target.pop_back();
  if (!is_plain(target))
    return usage_error("'" + host + "' is no host", "write it like ssh://user@host or ssh://host:2222");
  std::vector<std::string> command{"ssh", "-T", "-o", "ClearAllForwardings=yes"};
  if (batch) command.insert(command.end(), {"-o", "BatchMode=yes"});
  command.insert(command.end(), {"--", "ssh://" + target, "ptyctl"});
  if (!autostart) command.push_back("--no-autostart");
  command.push_back("stdio");
  return command;
}

ClientFactory ssh_client_factory(asio::any_io_executor executor, std::string host, ClientOptions options) {
  const auto past = std::make_shared<Past>();
  return [executor, host, options, past](Autostart autostart) {
    const bool may_start = autostart == Autostart::yes && options.autostart == Autostart::yes;
    auto command = ssh_command(host, past->connected, may_start);
    if (!command) return fail_with(command.error());
    return connect_over_ssh(executor, std::move(*command), options, past);
  };
}

}  // namespace ptyd
