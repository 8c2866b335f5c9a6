// A terminal without a window: eats a program's output and knows what the screen shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/screen/cluster.hpp"
#include "daemon/screen/grid.hpp"
#include "daemon/screen/link.hpp"
#include "daemon/screen/parser.hpp"
#include "daemon/screen/scrollback.hpp"
#include "daemon/screen/state.hpp"
#include "daemon/screen/style.hpp"
#include "daemon/screen/width.hpp"

namespace ptyd::screen {

class PackedLines;

// What a program asked the terminal, for who decides who answers.
enum class Query : std::uint8_t {
  device_attributes,         // CSI c
  secondary_attributes,      // CSI > c
  tertiary_attributes,       // CSI = c
  version,                   // CSI > q, XTVERSION
  status,                    // CSI 5 n
  cursor_position,           // CSI 6 n
  extended_cursor_position,  // CSI ? 6 n
  mode,                      // CSI [?] Ps $ p, DECRQM
  setting,                   // DCS $ q, DECRQSS
  color,                     // OSC 4, 10, 11, 12 with "?"
  termcap,                   // DCS + q, XTGETTCAP
  keyboard,                  // CSI ? u
  window,                    // CSI 14, 16, 18 t; the report of ?2048, also by resize()
  color_scheme,              // CSI ? 996 n
};

// What the owner of a terminal is told while it feeds. None of it may call the terminal. Views are valid during the
// call.
class TerminalListener {
 public:
  // The program asked something; `reply` is the terminal's answer, with BEL or ST as the question had. `offset`: of the
  // byte behind the question, counted from the first byte fed.
  virtual void on_query(Query /*query*/, std::string_view /*reply*/, std::uint64_t /*offset*/) {}
  virtual void on_bell() {}
  virtual void on_title() {}
  virtual void on_cwd() {}
  // OSC 133: State::shell changed.
  virtual void on_shell() {}
  // OSC 52 sets a clipboard: `selection` such as "c", `data` decoded. Asking for it (OSC 52 ?) is never answered.
  virtual void on_clipboard(std::string_view /*selection*/, std::string_view /*data*/) {}
  virtual void on_alternate(bool /*shown*/) {}

 protected:
  TerminalListener() = default;
  TerminalListener(const TerminalListener&) = default;
  TerminalListener& operator=(const TerminalListener&) = default;
  ~TerminalListener() = default;
};

struct TerminalOptions {
  int rows = 24;
  int columns = 80;
  int x_pixels = 0;  // of the window, 0: not known
  int y_pixels = 0;
  ScrollbackLimits scrollback;
  std::string version = "ptyd";  // for XTVERSION
};

// Bounded in memory and time whatever it is fed. Not copyable, can be moved. Thread: one at a time.
class Terminal final : private ParserHandler {
 public:
  explicit Terminal(TerminalOptions options, TerminalListener* listener = nullptr);
  Terminal(Terminal&&) noexcept;
  Terminal& operator=(Terminal&&) noexcept;
  ~Terminal();
  void set_listener(TerminalListener* listener) noexcept { listener_ = listener; }

  // Pieces may be cut anywhere.
  void feed(std::string_view bytes);
  // Bytes fed so far; set_offset() for a terminal that was restored at one.
  std::uint64_t offset() const noexcept { return offset_; }
  void set_offset(std::uint64_t offset) noexcept { offset_ = offset; }
  // Sizes are kept within 1 to Grid::kMaxRows and kMaxColumns. Takes effect even amid a sequence.
  void resize(int rows, int columns, int x_pixels = 0, int y_pixels = 0);

  int rows() const noexcept { return primary_.rows(); }
  int columns() const noexcept { return primary_.columns(); }
  int x_pixels() const noexcept { return options_.x_pixels; }
  int y_pixels() const noexcept { return options_.y_pixels; }
  const Grid& primary() const noexcept { return primary_; }
  const Grid& alternate() const noexcept { return alternate_; }
  const Grid& active() const noexcept { return state_.alternate ? alternate_ : primary_; }
  const State& state() const noexcept { return state_; }
  const StyleTable& styles() const noexcept { return styles_; }
  const LinkTable& links() const noexcept { return links_; }
  const ClusterTable& clusters() const noexcept { return clusters_; }
  const Scrollback& scrollback() const noexcept { return scrollback_; }
  const Parser& parser() const noexcept { return parser_; }
  // Counts up with every feed() or resize() that changed something; row generations are values of it.
  std::uint64_t generation() const noexcept { return generation_; }
  // A terminal in the same state that goes on from here: the same screens, but for looks and links, or blank ones, and no
  // scrollback. For those who only look at text.
  Terminal text_copy(bool blank, ScrollbackLimits scrollback) const;
  // A short hash of all that is seen: cells, their looks, the cursor, its visibility, reverse video.
  std::uint64_t hash() const;
  // Appends the cell's text as UTF-8; an empty cell is a blank, a tail nothing.
  void append_text(const Cell& cell, std::string& out) const;
  std::size_t bytes() const noexcept;  // of memory, about

 private:
  friend class CheckpointAccess;

  // ParserHandler
  void print_ascii(std::string_view text) override;
  void print(char32_t character) override;
  void control(char control) override;
  std::size_t lines(std::string_view text) override;  // terminal_lines.cpp
  std::size_t looks(std::string_view text) override;  // terminal_tables.cpp
  void escape(char intermediate, char final) override;
  void csi(const Sequence& sequence) override;
  void osc(std::string_view text, bool bel) override;
  void dcs(const Sequence& sequence, std::string_view data) override;

  Grid& grid() noexcept { return state_.alternate ? alternate_ : primary_; }
  KittyKeyboard& kitty() noexcept { return state_.kitty[state_.alternate ? 1 : 0]; }
  std::optional<SavedCursor>& saved() noexcept { return state_.saved[state_.alternate ? 1 : 0]; }
  void touch_all(Grid& grid) noexcept;
  void reset_tabs();
  void reset_margins() noexcept;
  void resize_screens(int rows, int columns);
  void remember_last_printed();
  // What every control function does: REP is for the character right before it.
  void forget_last_printed() noexcept { last_ = kForgotten; }

  // Tables (terminal_tables.cpp). Interning may sweep: cells that are not on a screen yet must not hold a style.
  std::uint16_t style_id(const Style& style);
  std::uint16_t link_id(std::string_view id, std::string_view uri);
  std::uint32_t cluster_id(std::u32string_view text);
  void sweep();
  void mark_used(std::vector<bool>& styles, std::vector<bool>& links, std::vector<bool>& clusters) const;
  void pen_changed();  // makes pen_ of state_.pen
  Cell blank();        // what erasing leaves: the pen's background

  // Text (terminal_print.cpp).
  void text_mode_changed() noexcept;
  Charset take_single_shift() noexcept;
  // Where text ends that is printed from `column` on: behind the margin or the border.
  int end_column(int column) const noexcept {
    return column <= state_.margins.right ? state_.margins.right + 1 : columns();
  }
  void print_run(std::string_view text);
  void print_translated(std::string_view text, Charset set);
  void put_character(char32_t character, int width);
  bool put_quickly(char32_t character, int width);
  void put(Cell cell, int width);
  void advance(int column, int end) noexcept;
  void wrap_line();
  void leave_spacer(int end);
  int column_before() noexcept;  // of the character before the cursor, -1: there is none
  void append(int column, char32_t character);
  bool join(char32_t character);
  void widen_cell(int column);
  void narrow_cell(int column);
  void repeat(std::uint32_t count);

  // Lines of text (terminal_lines.cpp).
  struct PlainLines {
    std::size_t longest, size, rows;
  };
  bool scrolls_plainly() const noexcept;
  PlainLines count_lines(std::string_view text) const noexcept;
  void push_screen();
  // Lines of text of any looks (terminal_packing.cpp).
  std::size_t pack_lines(std::string_view text);
  const char* pack_line(const char* p, const char* end, std::uint16_t& style, PackedLines& lines);
  bool next_style(std::string_view text, std::uint16_t& style, std::size_t& size);

  // Cursor (terminal_cursor.cpp).
  bool within_margins() const noexcept;
  bool within_columns() const noexcept;
  bool full_width() const noexcept { return state_.margins.left == 0 && state_.margins.right == columns() - 1; }
  void move_to(int row, int column) noexcept;   // of the screen, kept inside
  void position(int row, int column) noexcept;  // as addressed, 0-based
  int addressed_row() const noexcept;
  int addressed_column() const noexcept;
  void up(std::uint32_t count) noexcept;
  void down(std::uint32_t count) noexcept;
  void forward(std::uint32_t count) noexcept;
  void back(std::uint32_t count) noexcept;
  void back_wrapping(std::uint32_t count, bool any) noexcept;
  void carriage_return() noexcept;
  void line_feed();
  bool index();  // true: it scrolled
  void reverse_index();
  void tab_forward(std::uint32_t count);
  void tab_back(std::uint32_t count) noexcept;
  void set_tab();
  void wrap_before_tab();
  void clear_tabs(std::uint32_t which);
  void save_cursor();
  void restore_cursor();
  void set_vertical_margins(const Parameters& parameters) noexcept;
  void set_horizontal_margins(const Parameters& parameters) noexcept;

  // Editing (terminal_edit.cpp, terminal_rectangle.cpp).
  void erase(int row, int begin, int end, bool selective);
  void erase_display(std::uint32_t which, bool selective);
  void erase_rows(int begin, int end, bool selective);
  void erase_line(std::uint32_t which, bool selective);
  void erase_characters(std::uint32_t count);
  void shift_characters(int count);
  void shift_columns(int column, int count);
  // ED, EL and ECH spare protected cells.
  bool guarded() const noexcept { return state_.on(Mode::guarded_areas); }
  void shift_lines(int count);
  void scroll_line();
  void scroll(int top, int count, bool keep);
  void keep_row(int row);
  // The line of this row does not go on in the next one.
  void end_line(int row) noexcept {
    if (grid().info(row).wrapped) [[unlikely]]
      cut_line(row);
  }
  void cut_line(int row) noexcept;
  void begin_line(int row);  // the line above does not go on in this row
  void forward_index();
  void back_index();
  void clear_screen();
  void alignment_pattern();
  struct Rectangle {
    int top, left, bottom, right;  // right and bottom are behind it
  };
  std::optional<Rectangle> rectangle(const Parameters& parameters, std::size_t first) const noexcept;
  void rectangle_function(const Sequence& sequence);
  void copy_rectangle(const Parameters& parameters);
  void fill_rectangle(const Rectangle& area, Cell cell);

  // Sequences (terminal_sequences.cpp).
  void plain_escape(char final);
  bool motion(const Sequence& sequence);
  bool edit(const Sequence& sequence);
  void settings(const Sequence& sequence);
  void private_csi(const Sequence& sequence);
  void set_cursor_shape(std::uint32_t number) noexcept;
  void set_protection(std::uint32_t number);
  void guard_area(bool on);
  void designate(std::size_t set, Charset charset) noexcept;
  void lock_shift(std::uint8_t set) noexcept;
  void single_shift(std::uint8_t set) noexcept;

  // Modes and screens (terminal_modes.cpp).
  void set_ansi_modes(const Parameters& parameters, bool on);
  void set_private_modes(const Parameters& parameters, bool on);
  void set_private_mode(std::uint32_t number, bool on);
  void set_mode(Mode mode, bool on);
  std::optional<bool> private_mode_state(std::uint32_t number) const noexcept;
  void set_screen(std::uint32_t number, bool on);
  void show_alternate(bool shown);
  void save_modes(const Parameters& parameters);
  void restore_modes(const Parameters& parameters);
  void keyboard_csi(const Sequence& sequence);
  void soft_reset();
  void hard_reset();

  // Operating system commands (terminal_osc.cpp).
  void set_title(std::string_view text, bool icon, bool title);
  void title_stack(const Parameters& parameters);
  void palette_command(std::string_view text, bool bel);
  void reset_palette(std::string_view text);
  void dynamic_color_command(std::uint32_t number, std::string_view text, bool bel);
  std::optional<std::uint32_t>& dynamic_color(std::uint32_t number) noexcept;
  void set_cwd(std::string_view uri);
  void set_link(std::string_view text);
  void set_clipboard(std::string_view text);
  void shell_mark(std::string_view text, bool bel);
  std::string command_line(std::string_view parameters) const;
  std::string shown_input() const;

  // Answers (terminal_reply.cpp).
  void answer(Query query, std::string_view reply);
  bool report(const Sequence& sequence);
  bool report_device(char prefix, std::uint32_t number);
  void report_attributes();
  bool report_status(char prefix, std::uint32_t number);
  bool report_window(std::uint32_t number);
  void report_mode(std::uint32_t number, bool is_private);
  void report_color(std::string_view name, std::uint32_t color, bool bel);
  void report_size();
  void report_setting(std::string_view name);
  void report_capabilities(std::string_view names);
  bool dark() const noexcept;

  TerminalOptions options_;
  TerminalListener* listener_ = nullptr;
  Parser parser_;
  Grid primary_;
  Grid alternate_;
  State state_;
  StyleTable styles_;
  LinkTable links_;
  ClusterTable clusters_;
  Scrollback scrollback_;
  std::uint64_t offset_ = 0;
  std::uint64_t generation_ = 1;
  bool changed_ = false;  // by the feed() that runs
  bool plain_ = true;     // text goes as it is into cells: no insert mode, clusters, character sets
  // In what is fed now there are not enough lines before here for lines().
  const char* no_lines_before_ = nullptr;
  const char* last_lines_ = nullptr;  // in what is fed now: from here on they are too few for pack_lines(); none: not known
  unsigned packs_failed_ = 0;          // in a row
  Cell pen_;  // a cell without its character, as it would be printed now
  // Cell::bits of the character that REP repeats, or kForgotten; 0: as state_.last_printed says, which follows.
  static constexpr std::uint32_t kForgotten = Cell::kTail;
  std::uint32_t last_ = 0;
};

}  // namespace ptyd::screen
