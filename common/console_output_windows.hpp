// Writes UTF-8 to a console. Windows only.
#pragma once

#include <windows.h>

#include <string>
#include <string_view>

namespace ptyd {

// Characters may be cut between two calls; what is not UTF-8 is shown as U+FFFD. Thread: one at a time.
class ConsoleOutput {
 public:
  // Waits while the user holds the console, as by selecting text. False: it is gone.
  bool write(HANDLE console, std::string_view bytes);

 private:
  std::string pending_;  // the beginning of a character, at most 3 bytes
};

}  // namespace ptyd
