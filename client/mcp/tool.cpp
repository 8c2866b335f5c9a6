#include "client/mcp/tool.hpp"

#include <iterator>
#include <utility>

#include "common/escape.hpp"

namespace ptyd {

namespace {
constexpr std::chrono::milliseconds kLook{1};
}  // namespace

boost::asio::awaitable<Result<std::shared_ptr<Client>>> ToolDaemon::client() {
  if (!client_) {
    auto connected = co_await connect_(Autostart::yes);
    if (!connected) co_return connected.error();
    // Another call may have connected meanwhile.
    if (!client_) client_ = std::move(*connected);
  }
  co_return client_;
}

boost::asio::awaitable<Result<std::shared_ptr<Client>>> ToolDaemon::own_client() {
  if (auto spare = std::exchange(spare_, nullptr)) {
    const auto lost = co_await spare->wait_closed(kLook);
    if (!lost) co_return spare;
  }
  co_return co_await connect_(Autostart::yes);
}

const std::vector<Tool>& all_tools() {
  static const std::vector<Tool> tools = [] {
    std::vector<Tool> all;
    for (auto* const group : {session_tools, output_tools, typing_tools, lease_tools, waiting_tools, shell_tools}) {
      auto some = group();
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    return all;
  }();
  return tools;
}

const Tool* find_tool(std::string_view name) {
  for (const auto& tool : all_tools())
    if (tool.name == name) return &tool;
  return nullptr;
}

std::string tools_json() {
  std::string json = R"({"tools":[)";
  for (const auto& tool : all_tools()) {
    if (json.back() == '}') json += ',';
    json += R"({"name":")" + std::string(tool.name) + R"(","title":")" + escape_json(tool.title);
    json += R"(","description":")" + escape_json(tool.description) + R"(","inputSchema":)" + std::string(tool.input);
    json += R"(,"annotations":{"readOnlyHint":)" + std::string(tool.read_only ? "true" : "false");
    json += R"(,"destructiveHint":)" + std::string(tool.destructive ? "true" : "false");
    json += R"(,"openWorldHint":)" + std::string(tool.read_only ? "false" : "true") + "}}";
  }
  return json + "]}";
}

std::string answer_json(const ToolAnswer& answer) {
  const auto& text = answer.text.empty() ? answer.json : answer.text;
  return R"({"content":[{"type":"text","text":")" + escape_json(text) + R"("}],"structuredContent":)" + answer.json +
         R"(,"isError":false})";
}

std::string failure_json(const Error& error) {
  auto text = std::string(to_string(error.code)) + ": " + error.message;
  if (!error.hint.empty()) text += " (" + error.hint + ")";
  // What the daemon and others wrote must not look like lines of our own.
  return R"({"content":[{"type":"text","text":")" + escape_json(escape_text(text)) + R"("}],"isError":true})";
}

}  // namespace ptyd
