// A pseudoconsole and our ends of its two pipes. Windows only.
#pragma once

#include "daemon/host/handle_windows.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

using ConsoleHandle = void*;  // HPCON

// All of one module: those of conpty.dll and of the system don't know each other's consoles.
struct ConsoleFunctions {
  HRESULT(WINAPI* create)(COORD, HANDLE, HANDLE, DWORD, ConsoleHandle*) = nullptr;
  HRESULT(WINAPI* resize)(ConsoleHandle, COORD) = nullptr;
  void(WINAPI* close)(ConsoleHandle) = nullptr;
  HRESULT(WINAPI* release)(ConsoleHandle) = nullptr;  // since Windows 11 24H2
  bool complete() const noexcept { return create != nullptr && resize != nullptr && close != nullptr; }
};

// A conpty.dll with its OpenConsole.exe beside our program; not complete when there is none. `there`: at least one of
// these files is.
ConsoleFunctions bundled_console_functions(bool& there) noexcept;
ConsoleFunctions system_console_functions() noexcept;

class Console {
 public:
  Console() = default;
  // Closes it, which may wait for output to be read: call begin_close() before.
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // 0, or an error. ERROR_PROC_NOT_FOUND: this Windows has no pseudoconsoles.
  int open(const Resize& size) noexcept;
  ConsoleHandle handle() const noexcept { return console_; }
  // A conpty.dll or its OpenConsole.exe is beside our program, but the console is the system's: one of them is missing,
  // or they do not work.
  bool passed_over_bundle() const noexcept { return passed_over_bundle_; }
  // For overlapped use.
  HANDLE output() const noexcept { return handle_of(output_); }
  HANDLE input() const noexcept { return handle_of(input_); }

  // The program runs: the console is to end with its last client, where the system can do that. False when it can't:
  // then begin_close() has to be called when the program has ended.
  bool program_started() noexcept;
  // 0, or an error.
  int resize(const Resize& size) noexcept;
  void close_input() noexcept { input_.reset(); }
  // Hangs up under all programs in it. The output must be read to its end, or closed: until then the system may wait,
  // on a thread of ours. Closes the input, in which nothing may be under way. Does nothing when it was called before.
  void begin_close() noexcept;
  void close_output() noexcept { output_.reset(); }

 private:
  int create_with(const ConsoleFunctions& functions, const Resize& size) noexcept;
  int start_closer() noexcept;
  static DWORD WINAPI close_when_asked(void* console) noexcept;

  ConsoleFunctions functions_;
  ConsoleHandle console_ = nullptr;
  Descriptor output_;
  Descriptor input_;
  Descriptor their_output_;
  Descriptor their_input_;
  Descriptor close_asked_;
  Descriptor closer_;  // a thread that was made at the start, as later there may be no memory for one
  bool closing_ = false;
  bool passed_over_bundle_ = false;
};

}  // namespace ptyd::host
