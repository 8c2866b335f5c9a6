// What every command of ptyctl works with: options, connections, printing.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/command_line.hpp"
#include "client/cli/options.hpp"
#include "client/format/exit_code.hpp"
#include "client/format/text_reply.hpp"
#include "client/ptyd/client.hpp"
#include "common/error.hpp"

namespace ptyd {

// Owned by main(); outlives the command's coroutines. Thread: one.
class CommandContext {
 public:
  CommandContext(boost::asio::any_io_executor executor, GlobalOptions global, ExitCodes codes, EnvLookup env);

  boost::asio::any_io_executor executor() const { return executor_; }
  const GlobalOptions& global() const noexcept { return global_; }
  ExitCodes codes() const noexcept { return codes_; }
  bool json() const noexcept { return is_json(global_.output); }
  bool remote() const noexcept { return global_.host.has_value(); }
  std::string env(const char* name) const { return env_(name).value_or(""); }
  // --timeout, else `usual`.
  std::chrono::milliseconds deadline(std::chrono::milliseconds usual = Client::kDefaultDeadline) const;

  // `autostart` is what the verb wants; --no-autostart and PTYD_AUTOSTART=0 beat it.
  ClientOptions client_options(Autostart autostart) const;
  ClientFactory connector(Autostart autostart) const;
  boost::asio::awaitable<Result<std::shared_ptr<Client>>> connect(Autostart autostart) const;

  // To stdout, flushed.
  void print(std::string_view text) const;
  // A JSON document and its newline.
  void print_json(std::string document) const;
  // A note for people to stderr; not with -q.
  void note(std::string_view text) const;
  // Reports `error` and returns the exit code.
  int fail(const Error& error) const;
  TextStyle style() const;

 private:
  boost::asio::awaitable<Result<std::shared_ptr<Client>>> connect_noting(ClientFactory factory,
                                                                         Autostart autostart) const;

  boost::asio::any_io_executor executor_;
  GlobalOptions global_;
  ExitCodes codes_;
  EnvLookup env_;
};

using CommandResult = boost::asio::awaitable<int>;

}  // namespace ptyd
