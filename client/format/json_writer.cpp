#include "client/format/json_writer.hpp"

#include "common/escape.hpp"
#include "common/quantity.hpp"

namespace ptyd {

void JsonWriter::before_value() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  before_value();
  out_ += '{';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  before_value();
  out_ += '[';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  before_value();
  out_ += '"' + escape_json(name) + "\":";
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  before_value();
  out_ += '"' + escape_json(text) + '"';
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  before_value();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  before_value();
  out_ += "null";
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  before_value();
  out_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::unsigned_integer(std::uint64_t value) {
  before_value();
  out_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::offset(std::uint64_t value) { return string(std::to_string(value)); }

JsonWriter& JsonWriter::bytes(std::string_view value) { return begin_object().bytes_field(value).end_object(); }

JsonWriter& JsonWriter::bytes_field(std::string_view value) {
  return is_utf8(value) ? field("text", value) : field("base64", std::string_view(base64_encode(value)));
}

JsonWriter& JsonWriter::time_fields(std::string_view name, std::uint64_t unix_ms) {
  const std::string ms_name = std::string(name) + "_ms";
  if (unix_ms == 0) return key(name).null().key(ms_name).null();
  return key(name).string(format_time(unix_ms)).key(ms_name).unsigned_integer(unix_ms);
}

}  // namespace ptyd
