#include "client/format/command_reply.hpp"

#include <algorithm>

#include "client/format/json_reply.hpp"
#include "client/format/text_table.hpp"
#include "client/format/words.hpp"
#include "common/escape.hpp"
#include "common/quantity.hpp"

namespace ptyd {

namespace {

constexpr const char* kBold = "1";
constexpr const char* kGreen = "32";
constexpr const char* kRed = "31";

TextCell status_cell(const v1::Command& command) {
  if (command.running()) return {"running", kGreen};
  if (!command.has_exit_code()) return {"?", ""};
  return {std::to_string(command.exit_code()), command.exit_code() == 0 ? "" : kRed};
}

std::string took_text(const v1::Command& command, const TextStyle& style) {
  const auto end = command.running() ? style.now_ms : command.ended_ms();
  return command.started_ms() == 0 || end == 0 ? "-" : age_text(command.started_ms(), end);
}

}  // namespace

void write_command(JsonWriter& json, const v1::Command& command) {
  json.begin_object().version_field().key("number").offset(command.number());
  write_or_null(json, "command", command.text());
  json.key("from").offset(command.output().from()).key("to").offset(command.output().to());
  json.field("running", command.running()).key("exit_code");
  command.has_exit_code() ? json.integer(command.exit_code()) : json.null();
  json.time_fields("started", command.started_ms()).time_fields("ended", command.ended_ms());
  write_or_null(json, "cwd", command.cwd());
  json.end_object();
}

std::string command_json(const v1::Command& command) {
  JsonWriter json;
  write_command(json, command);
  return json.text();
}

std::string commands_json(const CommandList& list) {
  JsonWriter json;
  json.begin_object().version_field().key("forgotten").offset(list.forgotten).key("commands").begin_array();
  for (const auto& command : list.commands) write_command(json, command);
  return json.end_array().end_object().text();
}

std::string executed_json(std::optional<int> exit_code) {
  JsonWriter json;
  json.begin_object().version_field().key("exit_code");
  exit_code ? json.integer(*exit_code) : json.null();
  return json.end_object().text();
}

std::string commands_text(const CommandList& list, const TextStyle& style) {
  if (list.commands.empty()) return "No commands.\n";
  std::vector<std::vector<TextCell>> rows{{{"NUMBER", kBold},
                                           {"STATUS", kBold},
                                           {"STARTED", kBold},
                                           {"TOOK", kBold},
                                           {"BYTES", kBold},
                                           {"COMMAND", kBold}}};
  for (const auto& command : list.commands) {
    const auto bytes = command.output().to() - std::min(command.output().from(), command.output().to());
    rows.push_back({{std::to_string(command.number())},
                    status_cell(command),
                    {command.started_ms() == 0 ? "-" : format_time(command.started_ms())},
                    {took_text(command, style)},
                    {std::to_string(bytes)},
                    {command.text().empty() ? "?" : escape_text(command.text())}});
  }
  return text_table(rows, style.width, style.color);
}

}  // namespace ptyd
