// What the terminal answers. Source: xterm ctlseqs, kitty's keyboard protocol.
#include <algorithm>
#include <array>

#include "daemon/screen/color_spec.hpp"
#include "daemon/screen/modes.hpp"
#include "daemon/screen/sgr.hpp"
#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {
namespace {

constexpr std::string_view kCsi = "\x1b[";
constexpr std::string_view kDcs = "\x1bP";
constexpr std::string_view kSt = "\x1b\\";
constexpr std::size_t kMaxCapabilities = 64;

// DA2: programs take an xterm of this version or newer for one that has modern mouse reports, colour queries and
// modified keys, as this engine has.
constexpr std::string_view kXtermVersion = "277";

std::string semicolons(std::initializer_list<int> numbers) {
  std::string out;
  for (const int number : numbers) {
    if (!out.empty()) out += ';';
    out += std::to_string(number);
  }
  return out;
}

std::string control_sequence(std::string_view body) { return std::string(kCsi).append(body); }
std::string control_string(std::string_view body) { return std::string(kDcs).append(body).append(kSt); }

std::string to_hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

struct Capability {
  std::string_view hex;  // its name
  std::string_view value;
};
// TN, Co, RGB (bits of a colour).
constexpr std::array<Capability, 3> kCapabilities{{{"544E", "xterm-256color"}, {"436F", "256"}, {"524742", "8"}}};

bool equal_hex(std::string_view a, std::string_view b) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return upper(x) == upper(y); });
}

}  // namespace

void Terminal::answer(Query query, std::string_view reply) {
  if (listener_ != nullptr) listener_->on_query(query, reply, offset_ + parser_.position());
}

// False: it asks nothing.
bool Terminal::report(const Sequence& sequence) {
  const auto number = sequence.parameters.at(0, 0);
  // DECRQM alone has an intermediate.
  if (sequence.intermediates[0] != (sequence.final == 'p' ? '$' : 0)) return false;
  switch (sequence.final) {
    case 'c': return report_device(sequence.prefix, number);
    case 'n': return report_status(sequence.prefix, number);
    case 'm':
      if (sequence.prefix != '?' || number != 4) return false;
      answer(Query::keyboard, control_sequence(">4;" + std::to_string(state_.modify_other_keys) + 'm'));
      return true;
    case 'p':
      if (sequence.prefix != 0 && sequence.prefix != '?') return false;
      report_mode(number, sequence.prefix == '?');
      return true;
    case 'q':
      if (sequence.prefix != '>' || number != 0) return false;
      answer(Query::version, control_string(">|" + options_.version));
      return true;
    case 't': return sequence.prefix == 0 && report_window(number);
    case 'u':
      if (sequence.prefix != '?') return false;
      answer(Query::keyboard, control_sequence('?' + std::to_string(kitty().flags) + 'u'));
      return true;
    default: return false;
  }
}

// DA1 to DA3: a VT220 with colours.
bool Terminal::report_device(char prefix, std::uint32_t number) {
  if (number != 0) return false;
  switch (prefix) {
    case 0: report_attributes(); return true;
    case '>':
      answer(Query::secondary_attributes, control_sequence(">1;" + std::string(kXtermVersion) + ";0c"));
      return true;
    case '=': answer(Query::tertiary_attributes, control_string("!|00000000")); return true;
    default: return false;
  }
}

void Terminal::report_attributes() { answer(Query::device_attributes, control_sequence("?62;22c")); }

// DSR
bool Terminal::report_status(char prefix, std::uint32_t number) {
  const auto position = semicolons({addressed_row() + 1, addressed_column() + 1});
  if (prefix == 0 && number == 5) {
    answer(Query::status, control_sequence("0n"));
  } else if (prefix == 0 && number == 6) {
    answer(Query::cursor_position, control_sequence(position + 'R'));
  } else if (prefix == '?' && number == 6) {
    answer(Query::extended_cursor_position, control_sequence('?' + position + 'R'));
  } else if (prefix == '?' && number == 996) {
    answer(Query::color_scheme, control_sequence(dark() ? "?997;1n" : "?997;2n"));
  } else {
    return false;
  }
  return true;
}

// Whether the background is dark, by its luma (ITU-R BT.601).
bool Terminal::dark() const noexcept {
  const auto color = state_.palette.background.value_or(kDefaultBackground);
  return (color >> 16 & 255) * 299 + (color >> 8 & 255) * 587 + (color & 255) * 114 < 128 * 1000;
}

// DECRQM: 1 set, 2 reset, 0 not known.
void Terminal::report_mode(std::uint32_t number, bool is_private) {
  std::optional<bool> on;
  if (is_private) {
    on = private_mode_state(number);
  } else if (const auto mode = ansi_mode(number)) {
    on = state_.on(*mode);
  }
  const int value = on ? (*on ? 1 : 2) : 0;
  answer(Query::mode, control_sequence((is_private ? "?" : "") + semicolons({static_cast<int>(number), value}) + "$y"));
}

// XTWINOPS. 20 and 21, the titles, are not told: what a program has set must not come back as if it had been typed.
bool Terminal::report_window(std::uint32_t number) {
  switch (number) {
    case 14: answer(Query::window, control_sequence(semicolons({4, y_pixels(), x_pixels()}) + 't')); return true;
    case 16:
      answer(Query::window, control_sequence(semicolons({6, y_pixels() / rows(), x_pixels() / columns()}) + 't'));
      return true;
    case 18: answer(Query::window, control_sequence(semicolons({8, rows(), columns()}) + 't')); return true;
    default: return false;
  }
}

void Terminal::report_size() {
  answer(Query::window, control_sequence(semicolons({48, rows(), columns(), y_pixels(), x_pixels()}) + 't'));
}

void Terminal::report_color(std::string_view name, std::uint32_t color, bool bel) {
  std::string reply = "\x1b]";
  reply.append(name).append(";").append(color_text(color)).append(bel ? "\a" : kSt);
  answer(Query::color, reply);
}

void Terminal::dcs(const Sequence& sequence, std::string_view data) {
  forget_last_printed();
  if (sequence.prefix != 0 || sequence.final != 'q' || sequence.intermediates[1] != 0) return;
  if (sequence.intermediates[0] == '$') report_setting(data);
  if (sequence.intermediates[0] == '+') report_capabilities(data);
}

// DECRQSS
void Terminal::report_setting(std::string_view name) {
  const auto& margins = state_.margins;
  std::string value;
  if (name == "m") {
    append_sgr(value, state_.pen.style);
  } else if (name == "r") {
    value = semicolons({margins.top + 1, margins.bottom + 1});
  } else if (name == "s") {
    value = semicolons({margins.left + 1, margins.right + 1});
  } else if (name == " q") {
    value = std::to_string(static_cast<int>(state_.cursor_shape));
  } else if (name == "\"q") {
    value = state_.pen.is_protected ? "1" : "0";
  } else if (name == "\"p") {
    value = "62;1";
  } else {
    return answer(Query::setting, control_string("0$r"));
  }
  answer(Query::setting, control_string("1$r" + value.append(name)));
}

// XTGETTCAP: names in hexadecimal, each answered by itself.
void Terminal::report_capabilities(std::string_view names) {
  std::string reply;
  for (std::size_t count = 0; count < kMaxCapabilities; ++count) {
    const std::size_t end = std::min(names.find(';'), names.size());
    const auto name = names.substr(0, end);
    const auto* const found = std::find_if(kCapabilities.begin(), kCapabilities.end(),
                                           [&](const auto& known) { return equal_hex(known.hex, name); });
    if (found == kCapabilities.end()) {
      reply += control_string("0+r");
    } else {
      reply += control_string("1+r" + std::string(found->hex) + '=' + to_hex(found->value));
    }
    if (end == names.size()) break;
    names.remove_prefix(end + 1);
  }
  answer(Query::termcap, reply);
}

}  // namespace ptyd::screen
