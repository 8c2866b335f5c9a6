#include "daemon/session/screen_watches.hpp"

#include <algorithm>
#include <utility>

namespace ptyd {

namespace {

constexpr std::size_t kSmallestPiece = 4096;
constexpr std::size_t kLargestPiece = 128 * 1024;

// Looking at the screen for each piece should not cost much more than feeding it.
std::size_t piece_for(const screen::Terminal& terminal) {
  const auto cells = static_cast<std::size_t>(terminal.rows()) * static_cast<std::size_t>(terminal.columns());
  return std::clamp(cells / 2, kSmallestPiece, kLargestPiece);
}

}  // namespace

std::uint64_t ScreenWatches::cost() const noexcept {
  std::uint64_t cost = 0;
  for (const auto& watch : watches_) cost += watch->cost();
  return cost;
}

bool ScreenWatches::hold(const screen::Terminal& terminal, Time now) {
  if (!terminal.state().on(screen::Mode::synchronized)) {
    hold_until_.reset();
    return holds_ = false;
  }
  if (!hold_until_) hold_until_ = now + kHold;
  return holds_ = now < *hold_until_;
}

bool ScreenWatches::wanted_lines() const noexcept {
  return std::any_of(watches_.begin(), watches_.end(), [](const auto& watch) { return watch->wants_lines(); });
}

void ScreenWatches::start_those_due(const screen::Terminal& terminal) {
  for (const auto& watch : watches_)
    if (!watch->begun() && watch->begin() <= terminal.offset()) start(*watch, terminal);
}

void ScreenWatches::start(ScreenWatch& watch, const screen::Terminal& terminal) {
  if (wanted_lines())
    look_at_lines(terminal);
  else
    lines_.skip(terminal);
  watch.start(terminal);
  if (!watch.wants_lines()) return;
  screen::ChangedLines all;
  all.begin(terminal);
  all.look(terminal, [&](const std::string& line) { watch.look_at(line, nullptr, terminal.offset()); });
}

void ScreenWatches::add_now(const WatchPtr& watch, const screen::Terminal& terminal, Time now) {
  add(watch);
  if (watch->begin() > terminal.offset()) return;
  start(*watch, terminal);
  const bool wait = hold(terminal, now);
  watch->look(terminal, watch->wants_hash() && !wait ? hash(terminal) : 0, wait, now);
}

std::uint64_t ScreenWatches::hash(const screen::Terminal& terminal) {
  if (hash_generation_ != terminal.generation()) hash_ = terminal.hash();
  hash_generation_ = terminal.generation();
  return hash_;
}

void ScreenWatches::look_at_lines(const screen::Terminal& terminal) {
  lines_.look(terminal, [&](const std::string& line) {
    for (const auto& watch : watches_)
      if (watch->wants_lines()) watch->look_at(line, &lines_, terminal.offset());
  });
  lines_.forget();
}

std::size_t ScreenWatches::before_output(const screen::Terminal& terminal, std::size_t bytes, Time now) {
  if (watches_.empty()) return bytes;
  start_those_due(terminal);
  bool small = false;
  for (const auto& watch : watches_) {
    if (!watch->begun()) bytes = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, watch->begin() - terminal.offset()));
    small = small || watch->follows();
    if (watch->follows() && !watch->behind(terminal)) watch->before_output(terminal);
  }
  if (wanted_lines()) {
    small = true;
    lines_.before_output(terminal);
  }
  static_cast<void>(hold(terminal, now));
  return small ? std::min(bytes, piece_for(terminal)) : bytes;
}

void ScreenWatches::output(const screen::Terminal& terminal, std::string_view first, std::string_view second, Time now) {
  if (watches_.empty()) return;
  const bool wait = hold(terminal, now);
  for (const auto& watch : watches_) {
    if (!watch->in_step(terminal, first.size() + second.size())) continue;
    watch->output(first, wait || !second.empty());
    if (!second.empty()) watch->output(second, wait);
  }
  if (wanted_lines()) {
    lines_.output(first);
    lines_.output(second);
    if (!wait) look_at_lines(terminal);
  }
  start_those_due(terminal);
}

bool ScreenWatches::behind(const screen::Terminal& terminal) const noexcept {
  return std::any_of(watches_.begin(), watches_.end(), [&](const auto& watch) { return watch->behind(terminal); });
}

void ScreenWatches::catch_up(const screen::Terminal& terminal, const ReadPast& read, std::size_t max) {
  for (const auto& watch : watches_)
    if (watch->behind(terminal)) watch->catch_up(terminal, read, max);
}

void ScreenWatches::look(const screen::Terminal& terminal, Time now) {
  if (watches_.empty()) return;
  start_those_due(terminal);
  const bool wait = hold(terminal, now);
  if (!wait && wanted_lines()) look_at_lines(terminal);
  for (const auto& watch : watches_)
    watch->look(terminal, watch->wants_hash() && !wait ? hash(terminal) : 0, wait, now);
}

std::optional<ScreenWatches::Time> ScreenWatches::due() const noexcept {
  if (holds_) return hold_until_;
  std::optional<Time> first;
  for (const auto& watch : watches_)
    if (const auto due = watch->due(); due && (!first || *due < *first)) first = due;
  return first;
}

std::vector<ScreenWatches::Hit> ScreenWatches::take_hits() {
  std::vector<Hit> hits;
  for (const auto& watch : watches_)
    for (auto& hit : watch->take_hits()) hits.push_back({watch, std::move(hit)});
  std::erase_if(watches_, [](const auto& watch) { return watch->done(); });
  return hits;
}

}  // namespace ptyd
