// What OutputWatch writes to put the terminal right.
#include <utility>

#include "client/terminal/find_pair.hpp"
#include "client/terminal/output_watch.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kMaxParameters = 16;  // some terminals take no more
constexpr std::string_view kPushTitles = "\x1b[22;0t";

std::string join(std::string_view before, unsigned number, std::string_view after) {
  return std::string(before) + std::to_string(number) + std::string(after);
}

// "\x1b[?1;2s" for those modes that are wanted; several when there are many.
template <class Wanted>
std::string for_modes(Wanted wanted, char final) {
  std::string out;
  std::size_t count = 0;
  const auto modes = private_modes();
  for (std::size_t i = 0; i < modes.size(); ++i) {
    if (!modes[i].saved || !wanted(i)) continue;
    const bool first = count++ % kMaxParameters == 0;
    if (first && count > 1) out += final;
    out += join(first ? "\x1b[?" : ";", modes[i].number, "");
  }
  if (count > 0) out += final;
  return out;
}

}  // namespace

// Writes into a string, and follows by a watch of its own what is still to be put right.
class RestoreWriter {
 public:
  explicit RestoreWriter(const OutputWatch& watch) : rest_(watch) {}

  std::string restore() {
    end_sequence();
    reset_modes();
    reset_keys();
    leave_alternate_screen();
    pop_keyboard();
    reset_margins();
    reset_looks();
    reset_tabs();
    return std::move(out_);
  }

 private:
  const TerminalChanges& changes() const { return rest_.changes_; }
  void write(std::string_view bytes) {
    rest_.feed(bytes);
    out_ += bytes;
  }

  void end_sequence();
  void reset_modes();
  void reset_keys();
  void leave_alternate_screen();
  void pop_keyboard();
  void reset_margins();
  void reset_looks();
  void pop_titles();
  void reset_colors();
  void reset_tabs();

  OutputWatch rest_;
  std::string out_;
};

// CAN ends whatever was begun; where it does not end a string, ST does, and that is taken as complete.
void RestoreWriter::end_sequence() {
  using State = OutputWatch::State;
  const bool in_string = rest_.state_ == State::string || rest_.state_ == State::string_escape;
  if (in_string) rest_.finish_string();
  if (!rest_.at_ground()) write("\x18");
  if (in_string) write("\x1b\\");
}

void RestoreWriter::reset_modes() {
  const auto modes = private_modes();
  for (std::size_t i = 0; i < modes.size(); ++i) {
    const bool on = modes[i].at_first == PrivateMode::AtFirst::on;
    if (!changes().modes[i] || modes[i].number == kOriginMode) continue;
    write(modes[i].number == kVt52Mode ? "\x1b<" : join("\x1b[?", modes[i].number, on ? "h" : "l"));
  }
  if (changes().keypad) write("\x1b>");
  for (std::size_t i = 0; i < TerminalChanges::kAnsiModes.size(); ++i) {
    const auto& mode = TerminalChanges::kAnsiModes[i];
    if (changes().ansi_modes[i]) write(join("\x1b[", mode.number, mode.on_at_first ? "h" : "l"));
  }
}

void RestoreWriter::reset_keys() {
  for (unsigned i = 0; i < changes().key_modifiers.size(); ++i)
    if (changes().key_modifiers[i]) write(join("\x1b[>", i, "m"));
  for (unsigned i = 0; i < changes().key_formats.size(); ++i)
    if (changes().key_formats[i]) write(join("\x1b[>", i, "f"));
  if (changes().locator) write("\x1b[0'z");
}

// Entered again when only there the keyboard can be put right.
void RestoreWriter::leave_alternate_screen() {
  const auto& keyboard = changes().alternate_keyboard;
  const bool again = changes().alternate_mode == 0 && (keyboard.depth > 0 || keyboard.flags_set);
  if (again) write("\x1b[?1049h");
  if (changes().alternate_mode == 0) return;
  pop_keyboard();
  if (changes().scroll_region && !changes().drawing.origin) write("\x1b[r");
  write(join("\x1b[?", changes().alternate_mode, "l"));
}

// Of the screen that is shown.
void RestoreWriter::pop_keyboard() {
  const auto keyboard = rest_.changes_.keyboard();
  if (keyboard.depth > 0) write(join("\x1b[<", keyboard.depth, "u"));
  if (keyboard.flags_set) write("\x1b[=0u");
}

// Both move the cursor home, which is undone where that is possible.
void RestoreWriter::reset_margins() {
  if (changes().drawing.origin) {
    write("\x1b[?6l\x1b[r\x1b[999;1H");
  } else if (changes().scroll_region) {
    write("\x1b\x37\x1b[r\x1b\x38");
  }
}

void RestoreWriter::reset_looks() {
  reset_colors();
  if (changes().hyperlink) write("\x1b]8;;\x1b\\");
  if (changes().pointer_shape) write("\x1b]22;\x1b\\");
  if (changes().progress) write("\x1b]9;4;0\x1b\\");
  if (changes().folder) write("\x1b]7;\x1b\\");
  for (std::size_t slot = 0; slot < changes().drawing.charsets.size(); ++slot)
    if (changes().drawing.charsets[slot]) write(std::string("\x1b") + "()*+"[slot] + "B");
  if (changes().drawing.shifted) write("\x0f");
  if (changes().cursor_shape) write("\x1b[0 q");
  pop_titles();
  if (changes().drawing.attributes) write("\x1b[0m");
  if (changes().drawing.is_protected) write("\x1b[0\"q");
}

// So many pushes and pops of each kind that all stacks have what they had.
void RestoreWriter::pop_titles() {
  const auto repeat = [this](unsigned count, std::string_view sequence) {
    for (; count > 0; --count) write(sequence);
  };
  const auto more = [](unsigned a, unsigned b) { return a > b ? a - b : 0; };
  const auto [both, window, icon] = changes().titles;
  repeat(more(both, window + icon), kPushTitles);
  repeat(more(icon, both), "\x1b[22;2t");
  repeat(more(window, both), "\x1b[22;1t");
  repeat(more(both, icon), "\x1b[23;2t");
  repeat(more(both, window), "\x1b[23;1t");
  repeat(more(window + icon, both), "\x1b[23;0t");
}

void RestoreWriter::reset_colors() {
  for (unsigned number = 0; number < changes().colors.size(); ++number)
    if (changes().colors[number]) write(join("\x1b]", number + 100, "\x1b\\"));
  while (changes().palettes > 0) write("\x1b[#Q");
}

// One every eight columns: step by step, and by DECST8C, which not all terminals have.
void RestoreWriter::reset_tabs() {
  if (!changes().tabs) return;
  constexpr unsigned kDistance = 8;
  write("\x1b\x37\x1b[3g\r");
  for (unsigned column = 0; column < rest_.columns_; column += kDistance) write(column == 0 ? "\x1bH" : "\x1b[8C\x1bH");
  write("\x1b[?5W\x1b\x38");
}

std::string OutputWatch::restore_sequence() const { return RestoreWriter(*this).restore(); }

std::string OutputWatch::leave_sequence() const {
  std::string out = restore_sequence();
  // These screens share their cursor.
  if (changes_.alternate_mode == 47 || changes_.alternate_mode == 1047) out += "\x1b[999;1H";
  const auto own = changes_.touched & changes_.kept;
  const auto modes = for_modes([&](std::size_t i) { return own[i]; }, 'r');
  // Some terminals take this for margins.
  if (!modes.empty()) out += "\x1b\x37" + modes + "\x1b[r\x1b\x38";
  return out;
}

std::string OutputWatch::save_sequence() {
  return for_modes([](std::size_t) { return true; }, 's') + save_titles();
}

// One is never popped, the other may be: a program that runs when we come has pushed titles that we did not see.
std::string OutputWatch::save_titles() { return std::string(kPushTitles) + std::string(kPushTitles); }

std::string_view OutputWatch::save_titles_again() { return kPushTitles; }

std::size_t OutputWatch::until_titles_are_popped(std::string_view bytes) const {
  const bool in_sequence = state_ == State::escape || state_ == State::csi;
  if (!in_sequence && (!has_pair(bytes, '[', '2') || bytes.find("\x1b[23") == std::string_view::npos)) return bytes.size();
  OutputWatch next = *this;
  std::size_t fed = 0;
  for (auto at = bytes.find('t'); at != std::string_view::npos; at = bytes.find('t', fed)) {
    next.feed(bytes.substr(fed, at + 1 - fed));
    fed = at + 1;
    if (next.titles_are_popped()) return fed;
  }
  return bytes.size();
}

}  // namespace ptyd
