// The lines of a terminal that have come or changed since they were last looked at.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {

// Of one terminal. Logical lines: rows that were wrapped are joined. What has left the screen is looked at in
// scrollback, once, as far as it is kept there. A line of which nothing changed may come again when it has moved.
class ChangedLines {
 public:
  using Visit = std::function<void(const std::string& line)>;

  // Lines that are there now do not count, before they change.
  void skip(const Terminal& terminal);
  // The screen counts as changed.
  void begin(const Terminal& terminal);
  // The oldest first.
  void look(const Terminal& terminal, const Visit& visit);

 private:
  std::uint64_t next_ = 0;  // lines before this one do not change any more and were looked at
  std::uint64_t seen_ = 0;  // generation of the last look
  bool alternate_ = false;  // at the last look
};

}  // namespace ptyd::screen
