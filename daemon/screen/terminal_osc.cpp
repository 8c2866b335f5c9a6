// Operating system commands: titles, colours, links, the clipboard, what shells tell. Source: xterm ctlseqs, the
// proposals for OSC 8 and OSC 133.
#include <algorithm>
#include <charconv>

#include "common/percent.hpp"
#include "daemon/screen/base64.hpp"
#include "daemon/screen/color_spec.hpp"
#include "daemon/screen/terminal.hpp"
#include "daemon/screen/utf8.hpp"
#include "daemon/screen/views.hpp"
#include "daemon/screen/views_rows.hpp"

namespace ptyd::screen {
namespace {

constexpr std::size_t kMaxLinkId = 256;
constexpr std::uint32_t kForeground = 10;
constexpr std::uint32_t kCursorColor = 12;
constexpr std::uint32_t kResetOffset = 100;  // OSC 110 resets what OSC 10 sets
// One string may ask for so many colours; a palette has no more.
constexpr std::size_t kMaxPairs = 256;

// UTF-8 without controls, at most `most` bytes.
std::string clean(std::string_view text, std::size_t most) {
  std::string out;
  while (!text.empty()) {
    const char32_t character = take_utf8(text);
    if (character < 0x20 || (character >= 0x7F && character < 0xA0)) continue;
    const std::size_t size = out.size();
    append_utf8(out, character);
    if (out.size() > most) {
      out.resize(size);
      break;
    }
  }
  return out;
}

// UTF-8 with its controls, at most `most` bytes.
std::string as_text(std::string_view text, std::size_t most) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = out.size();
    append_utf8(out, take_utf8(text));
    if (out.size() > most) {
      out.resize(size);
      break;
    }
  }
  return out;
}

// What is before the next `separator`; takes it away with it.
std::string_view take_part(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

template <typename Number>
std::optional<Number> to_number(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

void Terminal::osc(std::string_view text, bool bel) {
  forget_last_printed();
  const auto number = to_number<std::uint32_t>(take_part(text, ';'));
  if (!number) return;
  switch (*number) {
    case 0: return set_title(text, true, true);
    case 1: return set_title(text, true, false);
    case 2: return set_title(text, false, true);
    case 4: return palette_command(text, bel);
    case 7: return set_cwd(text);
    case 8: return set_link(text);
    case 10:
    case 11:
    case 12: return dynamic_color_command(*number, text, bel);
    case 52: return set_clipboard(text);
    case 104: return reset_palette(text);
    case 110:
    case 111:
    case 112:
      changed_ = true;
      dynamic_color(*number - kResetOffset).reset();
      return;
    case 133: return shell_mark(text, bel);
    default: return;
  }
}

void Terminal::set_title(std::string_view text, bool icon, bool title) {
  changed_ = true;
  const std::string cleaned = clean(text, State::kMaxTitle);
  if (icon) state_.icon = cleaned;
  if (title) state_.title = cleaned;
  if (listener_ != nullptr) listener_->on_title();
}

// XTWINOPS 22 and 23. There is one stack; an entry has both titles.
void Terminal::title_stack(const Parameters& parameters) {
  const auto operation = parameters.at(0, 0);
  const auto which = parameters.at(1, 0);
  if ((operation != 22 && operation != 23) || which > 2) return;
  auto& titles = state_.titles;
  if (operation == 22) {
    if (titles.size() == State::kMaxTitles) titles.erase(titles.begin());
    titles.push_back({state_.title, state_.icon});
    return;
  }
  if (titles.empty()) return;
  if (which != 1) state_.title = std::move(titles.back().title);
  if (which != 2) state_.icon = std::move(titles.back().icon);
  titles.pop_back();
  if (listener_ != nullptr) listener_->on_title();
}

// OSC 4: pairs of index and colour or "?".
void Terminal::palette_command(std::string_view text, bool bel) {
  for (std::size_t pairs = 0; !text.empty() && pairs < kMaxPairs; ++pairs) {
    const auto index = to_number<std::uint8_t>(take_part(text, ';'));
    const auto color = take_part(text, ';');
    if (!index) continue;
    if (color == "?") {
      report_color("4;" + std::to_string(*index), palette_color(state_.palette, *index), bel);
    } else if (const auto value = parse_color(color)) {
      changed_ = true;
      state_.palette.indexed[*index] = *value;
    }
  }
}

void Terminal::reset_palette(std::string_view text) {
  changed_ = true;
  if (text.empty()) state_.palette.indexed.clear();
  while (!text.empty())
    if (const auto index = to_number<std::uint8_t>(take_part(text, ';'))) state_.palette.indexed.erase(*index);
}

// OSC 10 to 12; further colours are for the numbers that follow.
void Terminal::dynamic_color_command(std::uint32_t number, std::string_view text, bool bel) {
  for (; number <= kCursorColor; ++number) {
    const auto color = take_part(text, ';');
    auto& changed = dynamic_color(number);
    if (color == "?") {
      const auto foreground = state_.palette.foreground.value_or(kDefaultForeground);
      const bool is_background = &changed == &state_.palette.background;
      report_color(std::to_string(number), changed.value_or(is_background ? kDefaultBackground : foreground), bel);
    } else if (const auto value = parse_color(color)) {
      changed_ = true;
      changed = value;
    }
    if (text.empty()) return;
  }
}

std::optional<std::uint32_t>& Terminal::dynamic_color(std::uint32_t number) noexcept {
  if (number == kForeground) return state_.palette.foreground;
  return number == kCursorColor ? state_.palette.cursor : state_.palette.background;
}

void Terminal::set_cwd(std::string_view uri) {
  if (uri.size() > State::kMaxCwd) return;
  changed_ = true;
  state_.cwd = clean(uri, State::kMaxCwd);
  if (listener_ != nullptr) listener_->on_cwd();
}

// OSC 8 ; parameters ; URI. Parameters are key=value with ':' between them.
void Terminal::set_link(std::string_view text) {
  changed_ = true;
  std::string_view id;
  auto parameters = take_part(text, ';');
  while (!parameters.empty()) {
    const auto parameter = take_part(parameters, ':');
    if (parameter.starts_with("id=")) id = parameter.substr(3);
  }
  if (id.size() > kMaxLinkId || clean(id, kMaxLinkId) != id) id = {};
  // One that holds controls is nothing to show to anybody.
  const bool fit = text.size() <= LinkTable::kMaxUri && clean(text, LinkTable::kMaxUri) == text;
  state_.pen.link = fit && !text.empty() ? link_id(id, text) : std::uint16_t{0};
  pen_changed();
}

// OSC 52. What is not base64 clears it, as in xterm.
void Terminal::set_clipboard(std::string_view text) {
  const auto selection = take_part(text, ';');
  if (text == "?" || listener_ == nullptr) return;
  listener_->on_clipboard(selection, decode_base64(text).value_or(std::string()));
}

// `text`: what follows the number and its separator.
void Terminal::shell_mark(std::string_view text, bool bel) {
  constexpr std::size_t kAround = std::string_view("\x1b]133;").size();
  const auto size = text.size() + kAround + (bel ? 1 : 2);
  const auto kind = take_part(text, ';');
  if (kind.size() != 1) return;
  auto& shell = state_.shell;
  auto& mark = grid().info(state_.cursor.row).mark;
  switch (kind[0]) {
    case 'A':
      shell.phase = ShellState::Phase::prompt;
      mark = Mark::prompt;
      break;
    case 'B':
      shell.phase = ShellState::Phase::input;
      shell.input_column = state_.cursor.column;
      // The mark is of the row's beginning, where the prompt is.
      if (mark == Mark::none) mark = Mark::input;
      break;
    case 'C':
      if (listener_ != nullptr) shell.command = command_line(text);
      shell.phase = ShellState::Phase::running;
      if (mark == Mark::none || state_.cursor.column == 0) mark = Mark::output;
      break;
    case 'D':
      shell.phase = ShellState::Phase::done;
      shell.exit_code = to_number<std::int32_t>(take_part(text, ';'));
      ++shell.commands;
      shell.ended_at = offset_ + parser_.position();
      break;
    default: return;
  }
  shell.mark_end = offset_ + parser_.position();
  shell.mark_begin = shell.mark_end - std::min<std::uint64_t>(size, shell.mark_end);
  changed_ = true;
  grid().touch(state_.cursor.row, 0);
  if (listener_ != nullptr) listener_->on_shell();
}

// Parameters of a C: kitty and fish tell the line percent-encoded.
std::string Terminal::command_line(std::string_view parameters) const {
  constexpr std::string_view kTold = "cmdline_url=";
  while (!parameters.empty()) {
    auto parameter = take_part(parameters, ';');
    if (!parameter.starts_with(kTold)) continue;
    parameter.remove_prefix(kTold.size());
    return as_text(decode_percent(parameter), ShellState::kMaxCommand);
  }
  return state_.shell.phase == ShellState::Phase::input ? shown_input() : std::string();
}

// From where the last B was to the cursor. Lines that the shell itself continued have what it shows before them.
std::string Terminal::shown_input() const {
  const auto& shown = active();
  const auto& cursor = state_.cursor;
  int row = cursor.row;
  while (row > 0 && shown.info(row).mark != Mark::prompt && shown.info(row).mark != Mark::input) --row;
  int column = state_.shell.input_column;
  std::string text;
  ViewRow cells;
  for (; row <= cursor.row && text.size() <= ShellState::kMaxCommand; ++row, column = 0) {
    const int end = row == cursor.row ? cursor.column : columns();
    read_grid_row(*this, shown, row, cells);
    for (int i = column; i < std::min(end, static_cast<int>(cells.cells.size())); ++i)
      append_cell(cells, cells.cells[static_cast<std::size_t>(i)], text);
    if (shown.info(row).wrapped) continue;
    text.erase(text.find_last_not_of(' ') + 1);
    if (row < cursor.row) text += '\n';
  }
  text.erase(text.find_last_not_of(" \n") + 1);
  return as_text(text, ShellState::kMaxCommand);
}

}  // namespace ptyd::screen
