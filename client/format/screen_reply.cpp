#include "client/format/screen_reply.hpp"

#include <map>
#include <optional>

#include "client/format/json_reply.hpp"
#include "client/format/words.hpp"
#include "common/escape.hpp"

namespace ptyd {

namespace {

void write_style(JsonWriter& json, const v1::Style& style) {
  json.begin_object();
  write_or_null(json, "foreground", style.foreground());
  write_or_null(json, "background", style.background());
  write_or_null(json, "underline_color", style.underline_color());
  write_or_null(json, "underline", underline_word(style.underline()));
  json.field("bold", style.bold()).field("dim", style.dim()).field("italic", style.italic());
  json.field("blink", style.blink()).field("inverse", style.inverse()).field("conceal", style.conceal());
  json.field("strike", style.strike()).field("overline", style.overline()).end_object();
}

void write_cursor(JsonWriter& json, const v1::Cursor& cursor) {
  json.begin_object().field("row", cursor.row()).field("column", cursor.column()).field("visible", cursor.visible());
  write_or_null(json, "shape", cursor_shape_word(cursor.shape()));
  json.field("blinks", cursor.shape() % 2 == 1).field("pending_wrap", cursor.pending_wrap()).end_object();
}

void write_modes(JsonWriter& json, const v1::Modes& modes) {
  json.begin_object().field("insert", modes.insert()).field("newline", modes.newline());
  json.field("application_cursor", modes.application_cursor()).field("reverse_video", modes.reverse_video());
  json.field("origin", modes.origin()).field("autowrap", modes.autowrap()).field("cursor_blink", modes.cursor_blink());
  json.field("reverse_wrap", modes.reverse_wrap()).field("application_keypad", modes.application_keypad());
  json.field("left_right_margins", modes.left_right_margins()).field("focus_events", modes.focus_events());
  json.field("alternate_scroll", modes.alternate_scroll()).field("bracketed_paste", modes.bracketed_paste());
  json.field("synchronized", modes.synchronized()).field("grapheme_clusters", modes.grapheme_clusters());
  json.field("color_scheme_reports", modes.color_scheme_reports()).field("size_reports", modes.size_reports());
  json.field("mouse", modes.mouse()).field("mouse_encoding", modes.mouse_encoding());
  json.field("keyboard", modes.keyboard()).field("modify_other_keys", modes.modify_other_keys()).end_object();
}

void write_shell(JsonWriter& json, const v1::ShellState& shell) {
  json.begin_object().field("phase", word_for(shell.phase())).key("exit_code");
  if (shell.has_exit_code())
    json.integer(shell.exit_code());
  else
    json.null();
  json.key("commands").offset(shell.commands()).end_object();
}

void write_row(JsonWriter& json, const v1::Row& row) {
  json.begin_object().key("index").integer(row.index()).field("wrapped", row.wrapped());
  write_or_null(json, "mark", word_for(row.mark()));
  json.key("generation").offset(row.generation()).key("runs").begin_array();
  for (const auto& run : row.runs()) {
    json.begin_object().field("text", run.text()).field("columns", run.columns());
    json.field("style", run.style()).field("link", run.link()).end_object();
  }
  json.end_array().end_object();
}

void write_screen(JsonWriter& json, const v1::Screen& screen) {
  json.field("alternate", screen.alternate()).field("title", screen.title()).field("icon", screen.icon());
  json.field("cwd", screen.cwd()).key("cursor");
  write_cursor(json, screen.cursor());
  json.key("modes");
  write_modes(json, screen.modes());
  json.key("shell");
  if (screen.has_shell())
    write_shell(json, screen.shell());
  else
    json.null();
  json.key("styles").begin_array();
  for (const auto& style : screen.styles()) write_style(json, style);
  json.end_array().key("links").begin_array();
  for (const auto& link : screen.links())
    json.begin_object().field("uri", link.uri()).field("id", link.id()).end_object();
  json.end_array().key("rows").begin_array();
  for (const auto& row : screen.rows()) write_row(json, row);
  json.end_array();
}

void write_lines(JsonWriter& json, std::string_view name,
                 const google::protobuf::RepeatedPtrField<std::string>& lines) {
  json.key(name).begin_array();
  for (const auto& line : lines) json.string(line);
  json.end_array();
}

// A line of the listing: its text, and the columns of its matches; none: it is context.
struct FoundLine {
  std::string text;
  std::vector<std::uint32_t> columns;
};

std::map<std::uint64_t, FoundLine> lines_of(const Findings& findings) {
  std::map<std::uint64_t, FoundLine> lines;
  for (const auto& match : findings.matches) {
    auto& line = lines[match.line()];
    line.text = match.text();
    line.columns.push_back(match.begin());
    // A match elsewhere may have brought a neighbour before, or may bring it with its own text.
    auto number = match.line() - static_cast<std::uint64_t>(match.before_size());
    for (const auto& text : match.before()) lines.try_emplace(number++, FoundLine{text, {}});
    for (const auto& text : match.after()) lines.try_emplace(++number, FoundLine{text, {}});
  }
  return lines;
}

}  // namespace

std::string screen_hash_json(const v1::ScreenReply& reply) {
  JsonWriter json;
  json.begin_object().version_field().field("hash", reply.hash()).field("unchanged", reply.unchanged()).end_object();
  return json.text();
}

std::string screen_json(const v1::ScreenReply& reply) {
  JsonWriter json;
  json.begin_object().version_field().field("hash", reply.hash()).key("generation").offset(reply.generation());
  json.key("offset").offset(reply.offset()).field("approximate", reply.approximate());
  json.field("truncated", reply.truncated()).key("size");
  write_size(json, reply.size());
  write_screen(json, reply.screen());
  json.end_object();
  return json.text();
}

std::string search_json(const Findings& findings) {
  JsonWriter json;
  json.begin_object().version_field().key("matches").begin_array();
  for (const auto& match : findings.matches) {
    json.begin_object().key("line").offset(match.line()).field("begin", match.begin()).field("end", match.end());
    json.field("text", match.text()).field("text_begin", match.text_begin());
    write_lines(json, "before", match.before());
    write_lines(json, "after", match.after());
    json.end_object();
  }
  json.end_array().field("truncated", findings.truncated).key("offset").offset(findings.offset);
  json.field("approximate", findings.approximate).end_object();
  return json.text();
}

std::string search_text(const Findings& findings, bool context) {
  std::string out;
  std::optional<std::uint64_t> next;
  for (const auto& [number, line] : lines_of(findings)) {
    if (context && next && number != *next) out += "--\n";
    next = number + 1;
    const auto text = escape_text(line.text) + "\n";
    if (line.columns.empty()) out += std::to_string(number) + "- " + text;
    for (const auto column : line.columns)
      out += std::to_string(number) + ":" + std::to_string(column + 1) + ": " + text;
  }
  return out;
}

}  // namespace ptyd
