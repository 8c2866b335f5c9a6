#include "proto/json.hpp"

#include <google/protobuf/stubs/common.h>
#include <google/protobuf/util/json_util.h>

#if GOOGLE_PROTOBUF_VERSION < 4022000
#include <google/protobuf/stubs/logging.h>
#endif

#include "proto/limits.hpp"

namespace ptyd {

bool json_within_bounds(std::string_view line) noexcept {
  std::size_t depth = 0;
  std::size_t values = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
      continue;
    }
    switch (c) {
      case '"': in_string = true; break;
      case '{':
      case '[':
        if (++depth > 2 * kMaxDepth) return false;
        ++values;
        break;
      case '}':
      case ']':
        if (depth-- == 0) return false;
        break;
      case ',': ++values; break;
      default: break;
    }
    if (values > kMaxFields) return false;
  }
  return true;
}

bool parse_json(std::string_view line, ptyd::v1::Frame& frame) {
#if GOOGLE_PROTOBUF_VERSION < 4022000
  const google::protobuf::LogSilencer silencer;
#endif
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  frame.Clear();
  return google::protobuf::util::JsonStringToMessage({line.data(), line.size()}, &frame, options).ok();
}

void append_json(std::string& out, const ptyd::v1::Frame& frame) {
  std::string line;
  if (!google::protobuf::util::MessageToJsonString(frame, &line).ok()) {
    // A request must have its answer, even one that can't be written as JSON.
    line = R"({"id":")" + std::to_string(frame.id()) +
           R"(","response":{"error":{"code":"INTERNAL","message":"the answer could not be written as JSON"}}})";
  }
  out += line;
  out += '\n';
}

}  // namespace ptyd
