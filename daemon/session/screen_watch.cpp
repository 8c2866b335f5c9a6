#include "daemon/session/screen_watch.hpp"

#include <algorithm>
#include <utility>

namespace ptyd {

ScreenWatch::ScreenWatch(Spec spec, Time start, OnHit on_hit)
    : spec_(std::move(spec)), progress_(spec_.conditions, spec_.begin, start), on_hit_(std::move(on_hit)) {
  for (const auto& pattern : spec_.patterns) cost_ += pattern ? pattern->cost() : 0;
}

void ScreenWatch::start(const screen::Terminal& terminal) {
  begun_ = true;
  commands_ = terminal.state().shell.commands;
  if (!spec_.only_new || spec_.begin >= terminal.offset()) return;
  // What the screen was like then is not known: a blank one, from the upper left corner on.
  screen::TerminalOptions options;
  options.rows = terminal.rows();
  options.columns = terminal.columns();
  options.scrollback = NewLines::kScrollback;
  own_ = std::make_unique<screen::Terminal>(options);
  own_->set_offset(spec_.begin);
  own_lines_.skip(*own_);
  commands_ = 0;
}

void ScreenWatch::before_output(const screen::Terminal& terminal) {
  if (own_ == nullptr) {
    own_ = std::make_unique<screen::Terminal>(terminal.text_copy(true, NewLines::kScrollback));
    own_lines_.skip(*own_);
  }
  own_->resize(terminal.rows(), terminal.columns());
  if (progress_.wants_lines()) own_lines_.before_output(*own_);
}

void ScreenWatch::output(std::string_view bytes, bool hold) {
  own_->feed(bytes);
  own_lines_.output(bytes);
  look_at_own(hold);
}

void ScreenWatch::catch_up(const screen::Terminal& terminal, const ReadPast& read, std::size_t max) {
  while (max > 0 && behind(terminal)) {
    const auto left = terminal.offset() - own_->offset();
    const auto past = read(own_->offset(), static_cast<std::size_t>(std::min<std::uint64_t>(left, std::min(max, kPiece))));
    incomplete_ = incomplete_ || past.offset > own_->offset();
    own_->set_offset(past.bytes.empty() ? terminal.offset() : past.offset);
    if (past.bytes.empty()) return;
    before_output(terminal);
    output(past.bytes, false);
    max -= past.bytes.size();
  }
}

void ScreenWatch::look_at_own(bool hold) {
  if (progress_.wants_commands()) look_at_commands(*own_);
  if (hold || !progress_.wants_lines()) return;
  own_lines_.look(*own_, [this](const std::string& line) { look_at(line, &own_lines_, own_->offset()); });
  own_lines_.forget();
}

void ScreenWatch::look_at(const std::string& line, const NewLines* lines, std::uint64_t offset) {
  for (std::size_t i = 0; i < spec_.conditions.size(); ++i) {
    if (!progress_.pending(i) || !spec_.patterns[i]) continue;
    const auto& pattern = *spec_.patterns[i];
    auto found = pattern.find(line);
    if (!found) continue;
    progress_.found(i);
    const auto same = [&pattern, &found](const std::string& other) {
      const auto then = pattern.find(other);
      return then && then->text == found->text;
    };
    const auto at = lines == nullptr ? offset : lines->place(offset, same);
    hit({i, at, std::move(found->text), std::move(found->line), std::nullopt, false});
  }
}

void ScreenWatch::look_at_commands(const screen::Terminal& terminal) {
  const auto& shell = terminal.state().shell;
  if (shell.commands <= commands_) return;
  for (std::size_t i = 0; i < spec_.conditions.size(); ++i) {
    if (spec_.conditions[i].kind != WaitKind::command || !progress_.pending(i)) continue;
    progress_.found(i);
    hit({i, shell.ended_at, {}, {}, shell.exit_code, false});
  }
}

void ScreenWatch::look(const screen::Terminal& terminal, std::uint64_t hash, bool hold, Time now) {
  if (!begun_) return;
  if (!spec_.only_new && progress_.wants_commands()) look_at_commands(terminal);
  if (own_ != nullptr) look_at_own(hold);
  if (hold) return;
  const ScreenSight sight{terminal.offset(), hash};
  for (const auto condition : progress_.look(sight, now)) hit({condition, terminal.offset(), {}, {}, std::nullopt, false});
  if (own_ != nullptr && !follows()) own_.reset();
}

void ScreenWatch::hit(WatchHit hit) {
  hit.incomplete = incomplete_;
  hits_.push_back(std::move(hit));
}

}  // namespace ptyd
