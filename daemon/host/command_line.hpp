// What a new program on Windows gets as text: its command line and its environment. Pure; tested on all systems.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ptyd::host {

// Writes into memory that its owner has made large enough, or counts only, where that is null. So the host needs no
// allocation but one, of the counted size.
class WideText {
 public:
  explicit WideText(char16_t* memory) noexcept : memory_(memory) {}

  void add(char16_t unit) noexcept {
    if (memory_ != nullptr) memory_[units_] = unit;
    ++units_;
  }
  // False, with nothing of use added, when `utf8` is none: what can't be said exactly is refused.
  bool add_utf8(const char* utf8) noexcept;
  std::size_t units() const noexcept { return units_; }

 private:
  char16_t* memory_;
  std::size_t units_ = 0;
};

// The longest command line, in units, with its NUL.
inline constexpr std::size_t kMaxCommandLine = 32767;

// The arguments as CommandLineToArgvW() and the C runtimes read them back, and a NUL. `argv` ends with a null
// pointer and has at least one. False when one is not UTF-8, or when the first holds a quotation mark, for which
// there is no way of writing.
bool write_command_line(const char* const* argv, WideText& to) noexcept;

// "NAME=value" strings, each with its NUL, and one more NUL, or two where there are none. Sorted by name without regard
// to case, as Windows searches them; of equal names the last counts, and one without '=' is left out. Sorts `envp`,
// which ends with a null pointer, in place and drops from it what is left out.
void sort_environment(char** envp) noexcept;
bool write_environment(const char* const* envp, WideText& to) noexcept;
// The value of `name` (ASCII), or null.
const char* find_variable(const char* const* envp, const char* name) noexcept;

}  // namespace ptyd::host
