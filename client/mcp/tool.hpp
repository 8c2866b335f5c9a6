// What an agent can do with sessions: one entry for each tool.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/format/json_writer.hpp"
#include "client/mcp/arguments.hpp"
#include "client/ptyd/client.hpp"
#include "common/error.hpp"

namespace ptyd {

// The daemon, connected when it is needed first and again after it was lost. Outlives the calls. Thread: one.
class ToolDaemon {
 public:
  // `environment`: for sessions that are started.
  ToolDaemon(ClientFactory connect, std::vector<std::pair<std::string, std::string>> environment, std::string folder)
      : connect_(std::move(connect)), environment_(std::move(environment)), folder_(std::move(folder)) {}

  boost::asio::awaitable<Result<std::shared_ptr<Client>>> client();
  // A connection that no other call has, so that what was claimed by it ends when it is dropped.
  boost::asio::awaitable<Result<std::shared_ptr<Client>>> own_client();
  // For the next one who wants its own. Nothing is held by it.
  void give_back(std::shared_ptr<Client> own) { spare_ = std::move(own); }
  const std::vector<std::pair<std::string, std::string>>& environment() const noexcept { return environment_; }
  const std::string& folder() const noexcept { return folder_; }

  // Asks once more over a new connection when the one there was has been lost. Only for what may be asked twice.
  template <class Query>
  boost::asio::awaitable<Result<typename Method<Query>::Reply>> ask(
      Query query, std::chrono::milliseconds deadline = Client::kDefaultDeadline) {
    for (int attempt = 0;; ++attempt) {
      auto connected = co_await client();
      if (!connected) co_return connected.error();
      auto reply = co_await (*connected)->call(query, deadline);
      const bool lost = !reply && reply.error().code == errc::unavailable;
      if (!lost || attempt > 0) co_return reply;
      forget(connected->get());
    }
  }
  // Asks once.
  template <class Query>
  boost::asio::awaitable<Result<typename Method<Query>::Reply>> tell(
      Query query, std::chrono::milliseconds deadline = Client::kDefaultDeadline) {
    auto connected = co_await client();
    if (!connected) co_return connected.error();
    auto reply = co_await (*connected)->call(std::move(query), deadline);
    if (!reply && reply.error().code == errc::unavailable) forget(connected->get());
    co_return reply;
  }

 private:
  void forget(const Client* lost) {
    if (client_.get() == lost) client_.reset();
  }

  ClientFactory connect_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::string folder_;
  std::shared_ptr<Client> client_;
  std::shared_ptr<Client> spare_;
};

// A JSON object, and the same for those who read text.
struct ToolAnswer {
  std::string json;
  std::string text;  // empty: the JSON is the text
};
using ToolResult = boost::asio::awaitable<Result<ToolAnswer>>;

struct Tool {
  std::string_view name;
  std::string_view title;
  std::string_view description;
  std::string_view input;  // JSON schema of the arguments
  bool read_only = false;
  bool destructive = false;
  ToolResult (*run)(ToolDaemon* daemon, Arguments arguments) = nullptr;
};

// A new tool is a function and an entry in one of these.
std::vector<Tool> session_tools();
std::vector<Tool> output_tools();
std::vector<Tool> typing_tools();
std::vector<Tool> lease_tools();
std::vector<Tool> waiting_tools();
std::vector<Tool> shell_tools();

const std::vector<Tool>& all_tools();
const Tool* find_tool(std::string_view name);
// The result of tools/list.
std::string tools_json();

// The result of tools/call.
std::string answer_json(const ToolAnswer& answer);
std::string failure_json(const Error& error);

// `write` puts members into an object.
template <class Write>
std::string object_json(Write write) {
  JsonWriter json;
  json.begin_object();
  write(json);
  json.end_object();
  return json.text();
}

}  // namespace ptyd
