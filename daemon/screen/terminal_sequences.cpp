// Which function a control or a sequence calls. Source: ECMA-48, xterm ctlseqs.
#include "daemon/screen/charset.hpp"
#include "daemon/screen/sgr.hpp"
#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {
namespace {

constexpr std::uint16_t key(char final, char intermediate = 0) { return Sequence::key(final, intermediate); }

// Counts are at most 65535.
int to_int(std::uint32_t value) { return static_cast<int>(value); }

}  // namespace

void Terminal::control(char control) {
  forget_last_printed();
  if (control == '\a') {
    if (listener_ != nullptr) listener_->on_bell();
    return;
  }
  changed_ = true;
  switch (control) {
    case '\b': return back(1);
    case '\t': return tab_forward(1);
    case '\n':
    case '\v':
    case '\f': return line_feed();
    case '\r': return carriage_return();
    case 0x0E: return lock_shift(1);  // SO
    case 0x0F: return lock_shift(0);  // SI
    default: return;
  }
}

void Terminal::escape(char intermediate, char final) {
  forget_last_printed();
  changed_ = true;
  switch (intermediate) {
    case 0: return plain_escape(final);
    case '(':
    case ')':
    case '*':
    case '+': return designate(static_cast<std::size_t>(intermediate - '('), charset_of(final));
    case '#':
      if (final == '8') alignment_pattern();
      return;
    default: return;
  }
}

void Terminal::plain_escape(char final) {
  switch (final) {
    case '6': return back_index();
    case '7': return save_cursor();
    case '8': return restore_cursor();
    case '9': return forward_index();
    case '=': return set_mode(Mode::application_keypad, true);
    case '>': return set_mode(Mode::application_keypad, false);
    case 'D': index(); return;
    case 'E': index(); return carriage_return();
    case 'H': return set_tab();
    case 'M': return reverse_index();
    case 'N': return single_shift(2);
    case 'O': return single_shift(3);
    case 'V': return guard_area(true);
    case 'W': return guard_area(false);
    case 'Z': return report_attributes();
    case 'c': return hard_reset();
    case 'n': return lock_shift(2);
    case 'o': return lock_shift(3);
    default: return;
  }
}

void Terminal::csi(const Sequence& sequence) {
  if (sequence.final != 'b') forget_last_printed();
  if (sequence.intermediates[1] != 0) return;
  if (sequence.prefix == 0 && sequence.final == 'm' && sequence.intermediates[0] == 0) {
    changed_ = true;
    apply_sgr(sequence.parameters, state_.pen.style);
    return pen_changed();
  }
  // Only SGR and its kind have subparameters; xterm, too, passes over others that come with some.
  if (sequence.parameters.subs && sequence.final != 'm') return;
  // Most sequences are one of these.
  if (sequence.prefix == 0 && (motion(sequence) || edit(sequence))) {
    changed_ = true;
    return;
  }
  if (report(sequence)) return;
  changed_ = true;
  switch (sequence.prefix) {
    case 0: return settings(sequence);
    case '?': return private_csi(sequence);
    default: return keyboard_csi(sequence);
  }
}

bool Terminal::motion(const Sequence& sequence) {
  const auto& parameters = sequence.parameters;
  const std::uint32_t count = parameters.at_least_1(0);
  const int first = to_int(count) - 1;
  switch (sequence.key()) {
    case key('A'): up(count); break;
    case key('B'): down(count); break;
    case key('C'): forward(count); break;
    case key('D'): back(count); break;
    case key('E'):
      down(count);
      carriage_return();
      break;
    case key('F'):
      up(count);
      carriage_return();
      break;
    case key('G'):
    case key('`'): position(addressed_row(), first); break;
    case key('H'):
    case key('f'): position(first, to_int(parameters.at_least_1(1)) - 1); break;
    case key('I'): tab_forward(count); break;
    case key('Z'): tab_back(count); break;
    case key('a'): position(addressed_row(), addressed_column() + to_int(count)); break;
    case key('d'): position(first, addressed_column()); break;
    case key('e'): position(addressed_row() + to_int(count), addressed_column()); break;
    case key('g'): clear_tabs(parameters.at(0, 0)); break;
    default: return false;
  }
  return true;
}

bool Terminal::edit(const Sequence& sequence) {
  const auto& parameters = sequence.parameters;
  const std::uint32_t count = parameters.at_least_1(0);
  switch (sequence.key()) {
    case key('@'): shift_characters(to_int(count)); break;
    case key('J'): erase_display(parameters.at(0, 0), guarded()); break;
    case key('K'): erase_line(parameters.at(0, 0), guarded()); break;
    case key('L'): shift_lines(to_int(count)); break;
    case key('M'): shift_lines(-to_int(count)); break;
    case key('P'): shift_characters(-to_int(count)); break;
    case key('@', ' '): shift_columns(state_.margins.left, -to_int(count)); break;
    case key('A', ' '): shift_columns(state_.margins.left, to_int(count)); break;
    case key('S'): scroll(state_.margins.top, to_int(count), true); break;
    case key('T'):
      // With more parameters it is about the mouse.
      if (parameters.count <= 1) scroll(state_.margins.top, -to_int(count), false);
      break;
    case key('^'): scroll(state_.margins.top, -to_int(count), false); break;
    case key('X'): erase_characters(count); break;
    case key('b'): repeat(count); break;
    case key('}', '\''): shift_columns(state_.cursor.column, to_int(count)); break;
    case key('~', '\''): shift_columns(state_.cursor.column, -to_int(count)); break;
    case key('v', '$'):
    case key('x', '$'):
    case key('z', '$'):
    case key('{', '$'): rectangle_function(sequence); break;
    default: return false;
  }
  return true;
}

void Terminal::settings(const Sequence& sequence) {
  const auto& parameters = sequence.parameters;
  switch (sequence.key()) {
    case key('h'): return set_ansi_modes(parameters, true);
    case key('l'): return set_ansi_modes(parameters, false);
    case key('p', '!'): return soft_reset();
    case key('q', ' '): return set_cursor_shape(parameters.at(0, 0));
    case key('q', '"'): return set_protection(parameters.at(0, 0));
    case key('r'): return set_vertical_margins(parameters);
    case key('s'):
      if (state_.on(Mode::left_right_margins)) return set_horizontal_margins(parameters);
      return save_cursor();
    case key('t'): return title_stack(parameters);
    case key('u'): return restore_cursor();
    default: return;
  }
}

void Terminal::private_csi(const Sequence& sequence) {
  const auto& parameters = sequence.parameters;
  switch (sequence.key()) {
    case key('J'): return erase_display(parameters.at(0, 0), true);
    case key('K'): return erase_line(parameters.at(0, 0), true);
    case key('W'):
      if (parameters.at(0, 0) == 5) reset_tabs();
      return;
    case key('h'): return set_private_modes(parameters, true);
    case key('l'): return set_private_modes(parameters, false);
    case key('r'): return restore_modes(parameters);
    case key('s'): return save_modes(parameters);
    default: return;
  }
}

// SCS
void Terminal::designate(std::size_t set, Charset charset) noexcept {
  state_.charsets.sets[set] = charset;
  text_mode_changed();
}

void Terminal::lock_shift(std::uint8_t set) noexcept {
  state_.charsets.left = set;
  text_mode_changed();
}

void Terminal::single_shift(std::uint8_t set) noexcept {
  state_.charsets.single_shift = set;
  text_mode_changed();
}

// DECSCUSR
void Terminal::set_cursor_shape(std::uint32_t number) noexcept {
  if (number <= 6) state_.cursor_shape = static_cast<CursorShape>(number);
}

// DECSCA
void Terminal::set_protection(std::uint32_t number) {
  if (number > 2) return;
  state_.pen.is_protected = number == 1;
  state_.set(Mode::guarded_areas, false);
  pen_changed();
}

// SPA and EPA. Of the two kinds of protection counts the one that was used last, as in xterm.
void Terminal::guard_area(bool on) {
  state_.pen.is_protected = on;
  if (on) state_.set(Mode::guarded_areas, true);
  pen_changed();
}

}  // namespace ptyd::screen
