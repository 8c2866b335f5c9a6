// A server of the Model Context Protocol: messages in, messages out, calls side by side.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "client/mcp/json_rpc.hpp"
#include "client/mcp/tool.hpp"
#include "common/async_event.hpp"
#include "common/task_group.hpp"

namespace ptyd {

// Owned by the command; close() comes before it goes. Thread: one.
class McpServer {
 public:
  static constexpr std::size_t kMaxLine = std::size_t{1} << 20;
  static constexpr std::size_t kMaxCalls = 64;

  McpServer(boost::asio::any_io_executor executor, ToolDaemon* daemon);

  // Bytes of the other side, cut anywhere. False: a line was too long, and nothing more is understood.
  bool take(std::string_view bytes);
  // The next line to send, with its newline; waits until there is one. Nothing: all was sent and close() has come.
  boost::asio::awaitable<std::string> next();
  // Lets calls end for a moment, then gives them up.
  boost::asio::awaitable<void> close();

 private:
  struct Call {
    explicit Call(boost::asio::any_io_executor executor) : tasks(executor) {}
    TaskGroup tasks;
    bool cancelled = false;
  };

  void take_line(std::string_view line);
  void handle(const RpcMessage& message);
  void initialize(const RpcMessage& message);
  void call_tool(const RpcMessage& message);
  void cancel(const RpcMessage& message);
  boost::asio::awaitable<void> run(std::string id, const Tool* tool, Arguments arguments, std::shared_ptr<Call> call);
  boost::asio::awaitable<void> reap();
  void send(std::string line);

  boost::asio::any_io_executor executor_;
  ToolDaemon* daemon_;
  std::string partial_;
  bool initialized_ = false;
  std::map<std::string, std::shared_ptr<Call>> calls_;  // by id
  std::vector<std::shared_ptr<Call>> over_;             // to be joined
  std::deque<std::string> lines_;
  bool stopping_ = false;
  bool closing_ = false;
  AsyncEvent line_ready_;
  AsyncEvent call_over_;
  AsyncEvent idle_;
  TaskGroup reaper_;
};

}  // namespace ptyd
