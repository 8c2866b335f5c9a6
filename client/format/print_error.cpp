#include "client/format/print_error.hpp"

#include "client/format/json_writer.hpp"
#include "common/escape.hpp"
#include "common/standard_output.hpp"

namespace ptyd {

std::string error_text(const Error& error) {
  std::string text = "ptyctl: " + escape_text(error.message) + "\n";
  if (!error.hint.empty()) text += "hint: " + escape_text(error.hint) + "\n";
  return text;
}

std::string error_json(const Error& error) {
  JsonWriter json;
  json.begin_object().version_field().key("error").begin_object();
  json.field("code", to_string(error.code)).field("message", error.message).field("hint", error.hint);
  if (!error.subject.empty()) json.field("subject", error.subject);
  if (!error.step.empty()) json.field("step", error.step);
  if (error.os_error != 0) json.field("os_error", error.os_error);
  json.end_object().end_object();
  return std::move(json).text() + "\n";
}

void print_error(const Error& error, OutputFormat format) {
  const std::string text = is_json(format) ? error_json(error) : error_text(error);
  write_output(is_json(format) ? OutputStream::out : OutputStream::error, text);
}

}  // namespace ptyd
