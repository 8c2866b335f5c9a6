// Messages of JSON-RPC 2.0, one a line.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <optional>
#include <string>
#include <string_view>

namespace ptyd {

struct RpcMessage {
  std::string id;      // as JSON; empty: a notification
  std::string method;  // empty: an answer, which nobody here asked for
  google::protobuf::Struct params;
};

struct RpcError {
  int code = 0;
  std::string message;
};
inline constexpr int kRpcParseError = -32700;
inline constexpr int kRpcInvalidRequest = -32600;
inline constexpr int kRpcMethodNotFound = -32601;
inline constexpr int kRpcInvalidParams = -32602;
inline constexpr int kRpcBusy = -32000;

// A message, or why it is none; then `id` is that of the message, when it has one, and else "null".
struct RpcParsed {
  std::optional<RpcMessage> message;
  RpcError error;
  std::string id = "null";
};
RpcParsed parse_rpc(std::string_view line);

// As JSON; empty when it can't be an id: only strings and whole numbers can.
std::string rpc_id(const google::protobuf::Value& value);

// Lines without their newlines. `result` is JSON.
std::string rpc_result(std::string_view id, std::string_view result);
std::string rpc_error(std::string_view id, const RpcError& error);

}  // namespace ptyd
