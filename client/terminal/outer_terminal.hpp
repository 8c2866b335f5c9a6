// The terminal that ptyctl itself runs in.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "common/error.hpp"

namespace ptyd {

struct TerminalSize {
  std::uint32_t cols = 80;
  std::uint32_t rows = 24;
  std::uint32_t x_pixels = 0;  // of the whole window, 0 when unknown
  std::uint32_t y_pixels = 0;
  bool operator==(const TerminalSize&) const = default;
};

// Opens the terminal with a file description of its own, so that making it non-blocking can't hurt the shell or
// whoever else shares stdin. Raw mode is left when the object dies. At most one at a time.
// Owned by the attach command. Thread: one; emergency_restore() may run in a signal handler.
// Platforms: on macOS the terminal's own device is opened, because kqueue can't watch /dev/tty. On Windows it is the
// console, which is read by ReadConsoleInputW() and written by WriteConsoleW().
class OuterTerminal {
 public:
  // The terminal behind stdin, stdout or stderr, else the controlling one.
  // Errors: failed_precondition when there is none.
  static Result<std::unique_ptr<OuterTerminal>> open();
  OuterTerminal(const OuterTerminal&) = delete;
  OuterTerminal& operator=(const OuterTerminal&) = delete;
  ~OuterTerminal();

  // For reading and for writing, elsewhere than on Windows the same one; non-blocking where the system has that, closed
  // on exec, owned by this object.
  std::intptr_t input() const noexcept;
  std::intptr_t output() const noexcept;

  // Remembers the settings, then turns off echo, line editing, signals and output processing.
  Result<void> enter_raw();
  // Writes `sequence` (OutputWatch::leave_sequence()), drops input that was not read, such as late answers of
  // the terminal, and puts the settings back. With `answers_due` it first asks something that every terminal answers,
  // and drops all up to that answer, at most 500 ms long. Waits at most a second for a terminal that takes nothing.
  // Harmless when called twice.
  void restore(std::string_view sequence, bool answers_due = false) noexcept;

  // What the window measures; 80x24 when it does not say.
  TerminalSize size() const noexcept;

  // What emergency_restore() writes; sequences above 4 KiB are not kept.
  void set_emergency_sequence(std::string_view sequence) noexcept;
  // Puts the terminal right from a signal handler. Never blocks, never allocates. Does nothing when no terminal
  // is in raw mode.
  static void emergency_restore() noexcept;

 private:
  struct Impl;
  explicit OuterTerminal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ptyd
