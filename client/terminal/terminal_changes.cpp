// Sources: xterm's control sequences, ECMA-48, kitty's keyboard protocol.
#include "client/terminal/terminal_changes.hpp"

#include <algorithm>
#include <utility>

#include "client/terminal/control_parameters.hpp"

namespace ptyd {

namespace {

constexpr unsigned kMaxPushes = 32;
constexpr unsigned kModifyOtherKeys = 4;
constexpr unsigned kBlinkMode = 12;
constexpr unsigned kFirstDynamicColor = 10;
constexpr unsigned kLastDynamicColor = 19;
constexpr unsigned kColorReset = 100;  // OSC 104 resets what OSC 4 sets

bool is_color(unsigned number) {
  return number == 4 || number == 5 || (number >= kFirstDynamicColor && number <= kLastDynamicColor);
}

std::string_view first_of(std::string_view values) { return values.substr(0, values.find(';')); }

}  // namespace

void TerminalChanges::escape(char final) {
  switch (final) {
    case 'c': return full_reset();
    case '=': keypad = true; return;
    case '>': keypad = false; return;
    case '<': modes.reset(*index_of_private_mode(kVt52Mode)); return;
    case 'H': tabs = true; return;
    case 'V': drawing.is_protected = true; return;  // SPA; DECSCA ends it better than EPA
    case 'n':
    case 'o': return shift(true);
    case '7': return save_drawing();
    case '8': return restore_drawing();
    default: return;
  }
}

void TerminalChanges::designate(char intermediate, char final) {
  const auto slot = std::string_view("()*+").find(intermediate);
  if (slot != std::string_view::npos) drawing.charsets[slot] = final != 'B';
}

void TerminalChanges::csi(const ControlSequence& sequence) {
  if (sequence.intermediate != 0) return with_intermediate(sequence);
  if (sequence.marker == 0) return plain(sequence);
  if (sequence.marker == '?') return private_use(sequence);
  if (sequence.final == 'u') return change_keyboard(sequence.marker, sequence.parameters);
  if (sequence.marker == '>') change_keys(sequence);
}

void TerminalChanges::plain(const ControlSequence& sequence) {
  const auto parameters = sequence.parameters;
  switch (sequence.final) {
    case 'h':
    case 'l': return set_ansi_modes(parameters, sequence.final == 'h');
    case 'm': return looks(parameters);
    case 'r': scroll_region = !only_zero(parameters); return;
    case 't': return change_titles(parameters);
    case 'g':
    case 'W': tabs = true; return;
    case 's':  // with side margins it sets them
      if (!modes[*index_of_private_mode(kSideMarginMode)]) save_drawing();
      return;
    case 'u': return restore_drawing();
    default: return;
  }
}

void TerminalChanges::looks(std::string_view parameters) noexcept { drawing.attributes = !only_zero(parameters); }

void TerminalChanges::private_use(const ControlSequence& sequence) {
  const auto parameters = sequence.parameters;
  switch (sequence.final) {
    case 'h':
    case 'l': return set_private_modes(parameters, sequence.final == 'h');
    case 's': return save_modes(parameters);
    case 'r': return restore_modes(parameters);
    case 'W': tabs = tabs && leading_number(parameters) != 5; return;  // DECST8C
    default: return;
  }
}

void TerminalChanges::with_intermediate(const ControlSequence& sequence) {
  if (sequence.marker != 0) return;
  const unsigned number = leading_number(sequence.parameters);
  if (sequence.intermediate == ' ' && sequence.final == 'q') {
    cursor_shape = number != 0;
  } else if (sequence.intermediate == '!' && sequence.final == 'p') {
    soft_reset();
  } else if (sequence.intermediate == '"' && sequence.final == 'q') {
    drawing.is_protected = number == 1;
  } else if (sequence.intermediate == '\'' && sequence.final == 'z') {
    locator = number != 0;
  } else if (sequence.intermediate == '#' && sequence.final == 'P' && number == 0) {
    palettes = std::min(palettes + 1, kMaxPushes);
  } else if (sequence.intermediate == '#' && sequence.final == 'Q' && number == 0 && palettes > 0) {
    if (--palettes == 0) colors_touched = colors.any();
  }
}

void TerminalChanges::set_ansi_modes(std::string_view parameters, bool on) {
  for_each_parameter(parameters, [&](unsigned number) {
    for (std::size_t i = 0; i < kAnsiModes.size(); ++i)
      if (kAnsiModes[i].number == number) ansi_modes[i] = on != kAnsiModes[i].on_at_first;
  });
}

void TerminalChanges::set_private_modes(std::string_view parameters, bool on) {
  for_each_parameter(parameters, [&](unsigned number) {
    set_screen(number, on);
    if (number == kOriginMode) drawing.origin = on;
    if (number == kBlinkMode) cursor_shape = true;
    const auto index = index_of_private_mode(number);
    if (!index) return;
    const auto at_first = private_modes()[*index].at_first;
    touched.set(*index);
    if (at_first != PrivateMode::AtFirst::own) modes[*index] = on != (at_first == PrivateMode::AtFirst::on);
  });
}

void TerminalChanges::set_screen(unsigned mode, bool on) {
  const bool with_cursor = mode == 1048 || mode == 1049;
  if (with_cursor && on) save_drawing();
  if (mode == 47 || mode == 1047 || mode == 1049) {
    if (!on) alternate_mode = 0;
    if (on && alternate_mode == 0) alternate_mode = mode;
  }
  if (with_cursor && !on) restore_drawing();
}

// Not everything comes back in each terminal: it may be as it was saved, or as it is.
void TerminalChanges::restore_drawing() noexcept {
  const auto& saved = saved_drawing_[alternate_mode != 0 ? 1 : 0];
  drawing.attributes |= saved.attributes;
  drawing.is_protected |= saved.is_protected;
  drawing.shifted |= saved.shifted;
  drawing.origin |= saved.origin;
  drawing.charsets |= saved.charsets;
}

void TerminalChanges::save_modes(std::string_view parameters) {
  for_each_parameter(parameters, [&](unsigned number) {
    const auto index = index_of_private_mode(number);
    if (!index) return;
    kept[*index] = !touched[*index];
    saved_[*index] = modes[*index];
  });
}

void TerminalChanges::restore_modes(std::string_view parameters) {
  for_each_parameter(parameters, [&](unsigned number) {
    const auto index = index_of_private_mode(number);
    if (!index) return;
    modes[*index] = saved_[*index];
    touched[*index] = !kept[*index];
  });
}

// XTMODKEYS and XTFMTKEYS. Of the first only modifyOtherKeys is known to be 0 at first.
void TerminalChanges::change_keys(const ControlSequence& sequence) {
  const unsigned which = leading_number(sequence.parameters);
  const auto value = after_first(sequence.parameters);
  const bool modifiers = sequence.final == 'm' || sequence.final == 'n';
  auto& changed = modifiers ? key_modifiers : key_formats;
  if ((!modifiers && sequence.final != 'f') || which >= changed.size()) return;
  if (sequence.parameters.empty()) {
    if (sequence.final != 'n') changed.reset();
  } else if (sequence.final == 'n') {
    changed.set(which);
  } else {
    const bool zero_at_first = !modifiers || which == kModifyOtherKeys;
    changed[which] = !value.empty() && (!zero_at_first || leading_number(value) != 0);
  }
}

void TerminalChanges::change_keyboard(char marker, std::string_view parameters) {
  auto& stack = keyboard();
  if (marker == '>') {
    stack.depth = std::min(stack.depth + 1, kMaxPushes);
  } else if (marker == '<') {
    const unsigned count = std::max(1u, leading_number(parameters));
    if (count > stack.depth) stack.flags_set = false;  // popping the last one clears all flags
    stack.depth -= std::min(stack.depth, count);
  } else if (stack.depth == 0) {
    stack.flags_set = leading_number(parameters) != 0 || leading_number(after_first(parameters)) == 2;
  }
}

void TerminalChanges::change_titles(std::string_view parameters) {
  const unsigned operation = leading_number(parameters);
  const unsigned kind = leading_number(after_first(parameters));  // 0 both, 1 the icon's, 2 the window's
  if ((operation != 22 && operation != 23) || kind > 2) return;
  const auto change = [&](unsigned& depth) {
    if (operation == 22) depth = std::min(depth + 1, kMaxPushes);
    if (operation == 23 && depth > 0) --depth;
  };
  change(titles.both);
  if (kind != 1) change(titles.window);
  if (kind != 2) change(titles.icon);
}

void TerminalChanges::osc(std::string_view text, bool cut) {
  const auto name = first_of(text);
  const auto value = after_first(text);
  const auto number = leading_number(name);
  if (name == "8") {
    hyperlink = cut || !after_first(value).empty();
  } else if (name == "7") {
    folder = !value.empty();
  } else if (name == "9" && value.starts_with("4;")) {
    progress = leading_number(after_first(value)) != 0;
  } else if (name == "22") {
    pointer_shape = !value.empty();
  } else if (is_color(number)) {
    change_colors(number, value, cut);
  } else if (number > kColorReset && is_color(number - kColorReset)) {
    colors_touched = true;
    if (value.empty()) colors.reset(number - kColorReset);
  }
}

bool TerminalChanges::names_color(std::string_view text) {
  const auto number = leading_number(first_of(text));
  return is_color(number) || (number > kColorReset && is_color(number - kColorReset));
}

// OSC 4 and 5 have pairs of index and colour; those from 10 on, colours for that number and the ones behind it.
void TerminalChanges::change_colors(unsigned number, std::string_view values, bool cut) {
  const bool pairs = number < kFirstDynamicColor;
  if (cut) colors.set(number);
  for (bool is_value = !pairs; !values.empty() && number <= kLastDynamicColor; is_value = !pairs || !is_value) {
    const auto value = first_of(values);
    values = after_first(values);
    if (is_value && !value.empty() && value != "?") colors.set(number);
    if (!pairs) ++number;
  }
  colors_touched = colors_touched || colors.any();
}

// DECSTR: what it resets in the terminals that people use.
void TerminalChanges::soft_reset() {
  for (const unsigned number : {1u, 7u, 12u, 25u, 45u, 66u, 69u, 1045u}) {
    const auto index = *index_of_private_mode(number);
    modes.reset(index);
    touched.set(index);
  }
  ansi_modes.reset(2);  // insert
  drawing = {};
  keypad = scroll_region = false;
}

// RIS. The stacks stay, and what XTSAVE has kept is not relied on any more.
void TerminalChanges::full_reset() {
  TerminalChanges fresh;
  fresh.titles = titles;
  fresh.palettes = palettes;
  *this = fresh;
}

}  // namespace ptyd
