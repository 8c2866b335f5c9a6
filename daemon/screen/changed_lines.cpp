#include "daemon/screen/changed_lines.hpp"

#include <algorithm>

#include "daemon/screen/search_lines.hpp"

namespace ptyd::screen {

void ChangedLines::skip(const Terminal& terminal) {
  next_ = SearchLines(terminal).screen_first();
  seen_ = terminal.generation();
  alternate_ = terminal.state().alternate;
}

void ChangedLines::begin(const Terminal& terminal) {
  skip(terminal);
  seen_ = 0;
}

void ChangedLines::look(const Terminal& terminal, const Visit& visit) {
  const bool alternate = terminal.state().alternate;
  if (terminal.generation() == seen_ && alternate == alternate_) return;
  // The other screen was not looked at while it was away; and this may be another terminal than before.
  if (alternate != alternate_ || terminal.generation() < seen_) seen_ = 0;
  SearchLines lines(terminal);
  std::string text;
  for (auto id = std::max(std::min(next_, lines.screen_first()), lines.first()); id < lines.end(); ++id) {
    if (id >= lines.screen_first() && lines.generation(id) <= seen_) continue;
    lines.read_text(id, text);
    visit(text);
  }
  next_ = lines.screen_first();
  seen_ = terminal.generation();
  alternate_ = alternate;
}

}  // namespace ptyd::screen
