#include "daemon/screen/checkpoint_state.hpp"

#include <algorithm>
#include <type_traits>

#include "common/bytes.hpp"
#include "daemon/screen/cluster.hpp"
#include "daemon/screen/modes.hpp"

namespace ptyd::screen {
namespace {

constexpr std::uint64_t kAny = UINT64_MAX;

// The state is written and read by the same functions, so that both agree: `Io` does one or the other with each member
// in turn. They return false when what is read can't be.
class Writer {
 public:
  static constexpr bool kReads = false;
  explicit Writer(std::string& out) : out_(out) {}

  template <class Number>
  bool number(const Number& value, std::uint64_t /*limit*/) {
    append_varint(out_, static_cast<std::uint64_t>(value));
    return true;
  }
  bool text(const std::string& text, std::size_t /*limit*/) {
    append_text(out_, text);
    return true;
  }
  // The number of elements of a list, which is made that long.
  template <class List>
  bool size(const List& list, std::uint64_t limit) {
    return number(list.size(), limit);
  }

 private:
  std::string& out_;
};

class Reader {
 public:
  static constexpr bool kReads = true;
  explicit Reader(std::string_view& in) : in_(in) {}

  template <class Number>
  bool number(Number& value, std::uint64_t limit) {
    return take_number(in_, value, limit);
  }
  bool text(std::string& text, std::size_t limit) {
    std::string_view taken;
    if (!take_text(in_, taken) || taken.size() > limit) return false;
    text = taken;
    return true;
  }
  template <class List>
  bool size(List& list, std::uint64_t limit) {
    std::size_t size = 0;
    // Each element takes a byte at least.
    if (!number(size, limit) || size > in_.size()) return false;
    list.resize(size);
    return true;
  }

 private:
  std::string_view& in_;
};

// `Of` is T or const T.
template <class Io, class Of>
bool transfer_color(Io& io, Of& color) {
  auto value = color.value();
  if (!io.number(value, 0x02ffffff)) return false;
  if constexpr (Io::kReads) color = Color::from_value(value);
  return true;
}

template <class Io, class Of>
bool transfer_flag(Io& io, Of& flag) {
  auto value = static_cast<std::uint8_t>(flag);
  if (!io.number(value, 1)) return false;
  if constexpr (Io::kReads) flag = value != 0;
  return true;
}

// An optional: whether it is there, then what it is.
template <class Io, class Of, class Transfer>
bool transfer_optional(Io& io, Of& optional, Transfer transfer) {
  bool given = optional.has_value();
  if (!transfer_flag(io, given)) return false;
  if constexpr (Io::kReads) {
    optional.reset();
    if (given) optional.emplace();
  }
  return !given || transfer(*optional);
}

template <class Io, class Of>
bool transfer_style(Io& io, Of& style) {
  return transfer_color(io, style.foreground) && transfer_color(io, style.background) &&
         transfer_color(io, style.underline_color) && io.number(style.attributes, 0xff) &&
         io.number(style.underline, static_cast<std::uint64_t>(Underline::dashed));
}

template <class Io, class Of>
bool transfer_pen(Io& io, Of& pen) {
  return transfer_style(io, pen.style) && io.number(pen.link, 0xffff) && transfer_flag(io, pen.is_protected);
}

template <class Io, class Of>
bool transfer_charsets(Io& io, Of& charsets) {
  for (auto& set : charsets.sets) {
    if (!io.number(set, 0x7f)) return false;
    if (set != Charset::ascii && set != Charset::graphics && set != Charset::british) return false;
  }
  return io.number(charsets.left, 3) && io.number(charsets.single_shift, 3) && charsets.single_shift != 1;
}

template <class Io, class Of>
bool transfer_cursor(Io& io, Of& cursor, int rows, int columns) {
  return io.number(cursor.row, static_cast<std::uint64_t>(rows) - 1) &&
         io.number(cursor.column, static_cast<std::uint64_t>(columns) - 1) && transfer_flag(io, cursor.pending_wrap);
}

template <class Io, class Of>
bool transfer_kitty(Io& io, Of& kitty) {
  if (!io.number(kitty.flags, 0xff) || !io.size(kitty.stack, KittyKeyboard::kMaxDepth)) return false;
  for (auto& flags : kitty.stack) {
    if (!io.number(flags, 0xff)) return false;
  }
  return true;
}

template <class Io, class Of>
bool transfer_margins(Io& io, Of& margins, int rows, int columns) {
  return io.number(margins.bottom, static_cast<std::uint64_t>(rows) - 1) &&
         io.number(margins.top, static_cast<std::uint64_t>(margins.bottom)) &&
         io.number(margins.right, static_cast<std::uint64_t>(columns) - 1) &&
         io.number(margins.left, static_cast<std::uint64_t>(margins.right));
}

// A map from small numbers to small numbers.
template <class Io, class Of>
bool transfer_map(Io& io, Of& map, std::uint64_t max_key, std::uint64_t max_value) {
  std::uint64_t count = map.size();
  if (!io.number(count, max_key + 1)) return false;
  if constexpr (Io::kReads) {
    map.clear();
    for (; count > 0; --count) {
      typename Of::key_type key{};
      typename Of::mapped_type value{};
      if (!io.number(key, max_key) || !io.number(value, max_value)) return false;
      map[key] = value;
    }
  } else {
    for (const auto& [key, value] : map) {
      io.number(key, max_key);
      io.number(value, max_value);
    }
  }
  return true;
}

template <class Io, class Of>
bool transfer_palette(Io& io, Of& palette) {
  constexpr std::uint64_t kMaxColor = 0xffffff;
  if (!transfer_map(io, palette.indexed, 0xff, kMaxColor)) return false;
  for (auto* color : {&palette.foreground, &palette.background, &palette.cursor}) {
    if (!transfer_optional(io, *color, [&](auto& value) { return io.number(value, kMaxColor); })) return false;
  }
  return true;
}

template <class Io, class Of>
bool transfer_titles(Io& io, Of& state) {
  if (!io.text(state.title, State::kMaxTitle) || !io.text(state.icon, State::kMaxTitle)) return false;
  if (!io.text(state.cwd, State::kMaxCwd) || !io.size(state.titles, State::kMaxTitles)) return false;
  for (auto& entry : state.titles) {
    if (!io.text(entry.title, State::kMaxTitle) || !io.text(entry.icon, State::kMaxTitle)) return false;
  }
  return true;
}

template <class Io, class Of>
bool transfer_shell(Io& io, Of& shell) {
  const auto transfer_code = [&](auto& code) {
    auto bits = static_cast<std::uint32_t>(code);
    if (!io.number(bits, 0xffffffff)) return false;
    if constexpr (Io::kReads) code = static_cast<std::int32_t>(bits);
    return true;
  };
  return io.number(shell.phase, static_cast<std::uint64_t>(ShellState::Phase::done)) &&
         transfer_optional(io, shell.exit_code, transfer_code) && io.number(shell.commands, kAny);
}

// Of a tab stop for each column.
template <class Io, class Of>
bool transfer_tabs(Io& io, Of& tabs, int columns) {
  if (!io.size(tabs, static_cast<std::uint64_t>(columns)) || tabs.size() != static_cast<std::size_t>(columns)) {
    return false;
  }
  for (std::size_t column = 0; column < tabs.size(); ++column) {
    bool tab = tabs[column];
    if (!transfer_flag(io, tab)) return false;
    if constexpr (Io::kReads) tabs[column] = tab;
  }
  return true;
}

template <class Io, class Of>
bool transfer_modes(Io& io, Of& state) {
  auto modes = state.modes.to_ullong();
  if (!io.number(modes, (std::uint64_t{1} << state.modes.size()) - 1)) return false;
  if constexpr (Io::kReads) state.modes = modes;
  if (!io.number(state.mouse, 0xffff) || !io.number(state.mouse_encoding, 0xffff)) return false;
  if (state.mouse != MouseTracking::off && !mouse_tracking(static_cast<std::uint32_t>(state.mouse))) return false;
  if (state.mouse_encoding != MouseEncoding::x10 && !mouse_encoding(static_cast<std::uint32_t>(state.mouse_encoding))) {
    return false;
  }
  return io.number(state.modify_other_keys, 0xff) &&
         io.number(state.cursor_shape, static_cast<std::uint64_t>(CursorShape::bar)) &&
         transfer_flag(io, state.alternate) && transfer_map(io, state.saved_modes, 0xffff, 1);
}

template <class Io, class Of>
bool transfer_last_printed(Io& io, Of& text) {
  if (!io.size(text, ClusterTable::kMaxCodePoints)) return false;
  for (auto& character : text) {
    if (!io.number(character, 0x10ffff) || !is_printable(character)) return false;
  }
  return true;
}

template <class Io, class Of>
bool transfer_saved(Io& io, Of& state, int rows, int columns) {
  for (auto& saved : state.saved) {
    const bool ok = transfer_optional(io, saved, [&](auto& value) {
      return transfer_cursor(io, value.cursor, rows, columns) && transfer_pen(io, value.pen) &&
             transfer_charsets(io, value.charsets) && transfer_flag(io, value.origin);
    });
    if (!ok) return false;
  }
  return true;
}

template <class Io, class Of>
bool transfer_state(Io& io, Of& state, int rows, int columns) {
  return transfer_modes(io, state) && transfer_cursor(io, state.cursor, rows, columns) && transfer_pen(io, state.pen) &&
         transfer_charsets(io, state.charsets) && transfer_margins(io, state.margins, rows, columns) &&
         transfer_tabs(io, state.tabs, columns) && transfer_saved(io, state, rows, columns) &&
         transfer_kitty(io, state.kitty[0]) && transfer_kitty(io, state.kitty[1]) &&
         transfer_palette(io, state.palette) && transfer_titles(io, state) && transfer_shell(io, state.shell) &&
         transfer_last_printed(io, state.last_printed);
}

}  // namespace

void save_state(const State& state, std::string& out) {
  Writer writer(out);
  // Tabs tell the columns; limits do not count here.
  transfer_state(writer, state, 1, static_cast<int>(state.tabs.size()));
}

bool load_state(std::string_view& in, int rows, int columns, State& state) {
  Reader reader(in);
  return transfer_state(reader, state, rows, columns);
}

}  // namespace ptyd::screen
