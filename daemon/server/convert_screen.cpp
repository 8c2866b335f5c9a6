#include "daemon/server/convert_screen.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "daemon/screen/search.hpp"
#include "daemon/screen/views_rows.hpp"
#include "proto/limits.hpp"

namespace ptyd {

namespace {

using screen::Mode;

// Room for the frame around the reply.
constexpr std::size_t kReplyBytes = kMaxReply - 1024;
constexpr std::size_t kReplyFields = kMaxReplyFields - 64;
// Of these, what links may take: they must not push out the text.
constexpr std::size_t kLinkBytes = kReplyBytes / 4;

std::string clean(std::string_view text) {
  std::string out;
  screen::append_clean(text, out);
  return out;
}

std::string hex_digits(std::uint64_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[value >> shift & 15];
  return out;
}

std::string color_text(const screen::Color& color) {
  static constexpr char kDigits[] = "0123456789abcdef";
  if (color.is_default()) return {};
  if (color.is_indexed()) return std::to_string(color.index());
  std::string out = "#";
  for (int shift = 20; shift >= 0; shift -= 4) out += kDigits[color.value() >> shift & 15];
  return out;
}

v1::Style to_wire(const screen::Style& style) {
  v1::Style out;
  out.set_foreground(color_text(style.foreground));
  out.set_background(color_text(style.background));
  out.set_underline_color(color_text(style.underline_color));
  out.set_underline(static_cast<std::uint32_t>(style.underline));
  out.set_bold(style.has(screen::Style::kBold));
  out.set_dim(style.has(screen::Style::kDim));
  out.set_italic(style.has(screen::Style::kItalic));
  out.set_blink(style.has(screen::Style::kBlink));
  out.set_inverse(style.has(screen::Style::kInverse));
  out.set_conceal(style.has(screen::Style::kConceal));
  out.set_strike(style.has(screen::Style::kStrike));
  out.set_overline(style.has(screen::Style::kOverline));
  return out;
}

v1::RowMark to_wire(screen::Mark mark) {
  switch (mark) {
    case screen::Mark::none: return v1::ROW_MARK_UNSPECIFIED;
    case screen::Mark::prompt: return v1::MARK_PROMPT;
    case screen::Mark::input: return v1::MARK_INPUT;
    case screen::Mark::output: return v1::MARK_OUTPUT;
  }
  return v1::ROW_MARK_UNSPECIFIED;
}

v1::ShellPhase to_wire(screen::ShellState::Phase phase) {
  using Phase = screen::ShellState::Phase;
  switch (phase) {
    case Phase::none: return v1::SHELL_PHASE_UNSPECIFIED;
    case Phase::prompt: return v1::SHELL_PROMPT;
    case Phase::input: return v1::SHELL_INPUT;
    case Phase::running: return v1::SHELL_RUNNING;
    case Phase::done: return v1::SHELL_DONE;
  }
  return v1::SHELL_PHASE_UNSPECIFIED;
}

void add_modes(const screen::State& state, v1::Modes& out) {
  out.set_insert(state.on(Mode::insert));
  out.set_newline(state.on(Mode::newline));
  out.set_application_cursor(state.on(Mode::application_cursor));
  out.set_reverse_video(state.on(Mode::reverse_video));
  out.set_origin(state.on(Mode::origin));
  out.set_autowrap(state.on(Mode::autowrap));
  out.set_cursor_blink(state.on(Mode::cursor_blink));
  out.set_reverse_wrap(state.on(Mode::reverse_wrap));
  out.set_application_keypad(state.on(Mode::application_keypad));
  out.set_left_right_margins(state.on(Mode::left_right_margins));
  out.set_focus_events(state.on(Mode::focus_events));
  out.set_alternate_scroll(state.on(Mode::alternate_scroll));
  out.set_bracketed_paste(state.on(Mode::bracketed_paste));
  out.set_synchronized(state.on(Mode::synchronized));
  out.set_grapheme_clusters(state.on(Mode::grapheme_clusters));
  out.set_color_scheme_reports(state.on(Mode::color_scheme_reports));
  out.set_size_reports(state.on(Mode::size_reports));
  out.set_mouse(static_cast<std::uint32_t>(state.mouse));
  out.set_mouse_encoding(static_cast<std::uint32_t>(state.mouse_encoding));
  out.set_keyboard(state.kitty[state.alternate ? 1 : 0].flags);
  out.set_modify_other_keys(state.modify_other_keys);
}

void add_state(const screen::State& state, v1::Screen& out) {
  auto* const cursor = out.mutable_cursor();
  cursor->set_row(static_cast<std::uint32_t>(state.cursor.row));
  cursor->set_column(static_cast<std::uint32_t>(state.cursor.column));
  cursor->set_visible(state.on(Mode::cursor_visible));
  cursor->set_shape(static_cast<std::uint32_t>(state.cursor_shape));
  cursor->set_pending_wrap(state.cursor.pending_wrap);
  add_modes(state, *out.mutable_modes());
  out.set_title(clean(state.title));
  out.set_icon(clean(state.icon));
  out.set_cwd(clean(state.cwd));
  out.set_alternate(state.alternate);
  if (state.shell.phase == screen::ShellState::Phase::none) return;
  auto* const shell = out.mutable_shell();
  shell->set_phase(to_wire(state.shell.phase));
  if (state.shell.exit_code) shell->set_exit_code(*state.shell.exit_code);
  shell->set_commands(state.shell.commands);
}

// Puts rows into a screen, the newest first, as long as they fit.
class ScreenRows {
 public:
  ScreenRows(const screen::Terminal& terminal, v1::ScreenReply& reply)
      : terminal_(terminal), reply_(reply), out_(*reply.mutable_screen()), bytes_(reply.ByteSizeLong()) {}

  bool add(const screen::ViewRow& row) {
    v1::Row message;
    message.set_index(row.index);
    message.set_wrapped(row.wrapped);
    message.set_mark(to_wire(row.mark));
    message.set_generation(row.generation);
    const auto styles = out_.styles_size();
    const auto links = out_.links_size();
    auto bytes = bytes_;
    auto fields = fields_ + 6;
    for (const auto& run : screen::runs_of(row)) {
      auto* const part = message.add_runs();
      part->set_text(screen::run_text(row, run));
      part->set_columns(run.columns());
      part->set_style(style(run.style, bytes, fields));
      part->set_link(link(run.link, bytes, fields));
      fields += 5;
    }
    bytes += message.ByteSizeLong() + kTag;
    if (bytes > kReplyBytes || fields > kReplyFields) {
      reply_.set_truncated(true);
      out_.mutable_styles()->DeleteSubrange(styles, out_.styles_size() - styles);
      out_.mutable_links()->DeleteSubrange(links, out_.links_size() - links);
      return false;
    }
    bytes_ = bytes;
    fields_ = fields;
    *out_.add_rows() = std::move(message);
    return true;
  }

 private:
  static constexpr std::size_t kTag = 5;  // key and length of a message within another

  std::uint32_t style(std::uint16_t id, std::size_t& bytes, std::size_t& fields) {
    if (id == 0) return 0;
    const auto [known, is_new] = styles_.try_emplace(id, static_cast<std::uint32_t>(out_.styles_size() + 1));
    if (is_new) {
      *out_.add_styles() = to_wire(terminal_.styles()[id]);
      bytes += out_.styles().rbegin()->ByteSizeLong() + kTag;
      fields += 13;
    }
    return known->second;
  }

  std::uint32_t link(std::uint16_t id, std::size_t& bytes, std::size_t& fields) {
    if (id == 0) return 0;
    if (const auto known = links_.find(id); known != links_.end()) return known->second;
    v1::Link link;
    link.set_uri(clean(terminal_.links()[id].uri));
    link.set_id(clean(terminal_.links()[id].id));
    const auto size = link.ByteSizeLong() + kTag;
    if (link_bytes_ + size > kLinkBytes) {
      reply_.set_truncated(true);
      return links_[id] = 0;
    }
    link_bytes_ += size;
    bytes += size;
    fields += 3;
    *out_.add_links() = std::move(link);
    return links_[id] = static_cast<std::uint32_t>(out_.links_size());
  }

  const screen::Terminal& terminal_;
  v1::ScreenReply& reply_;
  v1::Screen& out_;
  std::size_t bytes_;
  std::size_t fields_ = 64;  // of all but rows, styles and links
  std::size_t link_bytes_ = 0;
  std::map<std::uint16_t, std::uint32_t> styles_;
  std::map<std::uint16_t, std::uint32_t> links_;
};

void add_screen(const screen::Terminal& terminal, const v1::ScreenRequest& request, v1::ScreenReply& reply) {
  add_state(terminal.state(), *reply.mutable_screen());
  ScreenRows rows(terminal, reply);
  // A generation that was not reached is of another daemon's terminal.
  const auto since = request.since_generation() <= terminal.generation() ? request.since_generation() : 0;
  screen::visit_rows(terminal, request.scrollback_rows(), since,
                     [&rows](const screen::ViewRow& row) { return rows.add(row); });
  auto* const all = reply.mutable_screen()->mutable_rows();
  std::reverse(all->pointer_begin(), all->pointer_end());
}

std::string view(const screen::Terminal& terminal, const v1::ScreenRequest& request, screen::ViewLimit& limit) {
  const auto rows = request.scrollback_rows();
  switch (request.format()) {
    case v1::ANSI: return screen::ansi_view(terminal, rows, &limit);
    case v1::HTML: return screen::html_view(terminal, rows, &limit);
    case v1::SVG: return screen::svg_view(terminal, rows, &limit);
    default: return screen::text_view(terminal, rows, request.join_wrapped(), &limit);
  }
}

Error bad_field(const char* field, const char* why) {
  Error error{errc::invalid_argument, std::string(field) + " " + why};
  error.subject = field;
  return error;
}

}  // namespace

Result<void> check_screen_request(const v1::ScreenRequest& request) {
  const auto format = request.format() == v1::SCREEN_FORMAT_UNSPECIFIED ? v1::TEXT : request.format();
  if (!v1::ScreenFormat_IsValid(format)) return bad_field("format", "has a value this daemon does not know");
  if (request.has_since_generation() && format != v1::STRUCTURED)
    return bad_field("since_generation", "is for the format STRUCTURED only");
  if (request.join_wrapped() && format != v1::TEXT) return bad_field("join_wrapped", "is for the format TEXT only");
  return {};
}

v1::ScreenReply screen_reply(const screen::Terminal& terminal, const v1::ScreenRequest& request, bool approximate) {
  v1::ScreenReply reply;
  reply.set_hash(hex_digits(terminal.hash()));
  reply.set_generation(terminal.generation());
  reply.set_offset(terminal.offset());
  reply.set_approximate(approximate);
  auto* const size = reply.mutable_size();
  size->set_cols(static_cast<std::uint32_t>(terminal.columns()));
  size->set_rows(static_cast<std::uint32_t>(terminal.rows()));
  size->set_x_pixels(static_cast<std::uint32_t>(terminal.x_pixels()));
  size->set_y_pixels(static_cast<std::uint32_t>(terminal.y_pixels()));
  reply.set_unchanged(request.since_hash() == reply.hash());
  if (reply.unchanged() || request.hash_only()) return reply;
  if (request.format() == v1::STRUCTURED) {
    add_screen(terminal, request, reply);
    return reply;
  }
  screen::ViewLimit limit{kReplyBytes - reply.ByteSizeLong()};
  reply.set_data(view(terminal, request, limit));
  reply.set_truncated(limit.truncated);
  return reply;
}

Result<v1::SearchReply> search_reply(const screen::Terminal& terminal, const v1::SearchRequest& request,
                                     bool approximate) {
  screen::SearchOptions options;
  options.pattern = request.pattern();
  options.fixed = request.fixed();
  options.ignore_case = request.ignore_case();
  if (request.max_matches() != 0) options.max_matches = request.max_matches();
  options.context = request.context();
  if (request.has_before_line()) options.before_line = request.before_line();
  auto found = screen::search(terminal, options);
  if (!found) return found.error();
  v1::SearchReply reply;
  for (auto& match : found->matches) {
    auto* const out = reply.add_matches();
    out->set_line(match.line);
    out->set_begin(match.begin);
    out->set_end(match.end);
    out->set_text(std::move(match.text));
    out->set_text_begin(match.text_begin);
    for (auto& text : match.before) out->add_before(std::move(text));
    for (auto& text : match.after) out->add_after(std::move(text));
  }
  reply.set_truncated(found->truncated);
  if (found->truncated) reply.set_next_line(found->next_line);
  reply.set_generation(terminal.generation());
  reply.set_offset(terminal.offset());
  reply.set_approximate(approximate);
  return reply;
}

}  // namespace ptyd
