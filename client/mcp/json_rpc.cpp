#include "client/mcp/json_rpc.hpp"

#include <google/protobuf/util/json_util.h>

#include <cmath>

#include "common/escape.hpp"

namespace ptyd {

using google::protobuf::Struct;
using google::protobuf::Value;

namespace {

const Value* member(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? nullptr : &found->second;
}

RpcParsed refused(int code, std::string message) {
  RpcParsed parsed;
  parsed.error = {code, std::move(message)};
  return parsed;
}

}  // namespace

std::string rpc_id(const Value& value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (value.has_string_value()) return "\"" + escape_json(value.string_value()) + "\"";
  if (!value.has_number_value()) return {};
  const double number = value.number_value();
  if (!(std::fabs(number) <= kExact) || number != std::floor(number)) return {};
  return std::to_string(static_cast<long long>(number));
}

RpcParsed parse_rpc(std::string_view line) {
  Value value;
  if (!google::protobuf::util::JsonStringToMessage({line.data(), line.size()}, &value).ok())
    return refused(kRpcParseError, "the line is not JSON");
  if (!value.has_struct_value()) return refused(kRpcInvalidRequest, "the message is not an object");
  auto& object = *value.mutable_struct_value();
  RpcParsed parsed;
  if (const auto* id = member(object, "id")) {
    parsed.id = rpc_id(*id);
    if (parsed.id.empty()) return refused(kRpcInvalidRequest, "id is neither a string nor a whole number");
  }
  const auto* version = member(object, "jsonrpc");
  if (version == nullptr || version->string_value() != "2.0") {
    parsed.error = {kRpcInvalidRequest, "jsonrpc is not 2.0"};
    return parsed;
  }
  RpcMessage message;
  if (member(object, "id") != nullptr) message.id = parsed.id;
  if (const auto* method = member(object, "method")) {
    message.method = method->string_value();
    if (message.method.empty()) {
      parsed.error = {kRpcInvalidRequest, "method is not a name"};
      return parsed;
    }
  } else if (member(object, "result") == nullptr && member(object, "error") == nullptr) {
    parsed.error = {kRpcInvalidRequest, "method is missing"};
    return parsed;
  }
  if (const auto* params = member(object, "params")) {
    if (!params->has_struct_value()) {
      parsed.error = {kRpcInvalidParams, "params is not an object"};
      return parsed;
    }
    message.params = params->struct_value();
  }
  parsed.message = std::move(message);
  return parsed;
}

std::string rpc_result(std::string_view id, std::string_view result) {
  std::string line = R"({"jsonrpc":"2.0","id":)";
  line.append(id).append(R"(,"result":)").append(result).append("}");
  return line;
}

std::string rpc_error(std::string_view id, const RpcError& error) {
  std::string line = R"({"jsonrpc":"2.0","id":)";
  line.append(id).append(R"(,"error":{"code":)").append(std::to_string(error.code));
  line.append(R"(,"message":")").append(escape_json(error.message)).append("\"}}");
  return line;
}

}  // namespace ptyd
