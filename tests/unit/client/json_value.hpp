// JSON documents and JSON Schema, as far as docs/schema uses it, on protobuf's well-known Value.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <optional>
#include <string>

namespace ptyd {

// Nothing when `text` is no JSON.
std::optional<google::protobuf::Value> parse_json(const std::string& text);

// Empty when `value` fits the schema; else where and why not. A keyword that is not understood is a failure.
std::string check_schema(const google::protobuf::Value& root, const google::protobuf::Value& schema,
                         const google::protobuf::Value& value, const std::string& where);

// root["$defs"][name].
const google::protobuf::Value& definition(const google::protobuf::Value& root, const std::string& name);

}  // namespace ptyd
