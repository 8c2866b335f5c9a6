#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <utility>

#include "client/terminal/console_input_windows.hpp"
#include "client/terminal/last_answer.hpp"
#include "client/terminal/outer_terminal.hpp"
#include "common/console_output_windows.hpp"
#include "common/handle_windows.hpp"

namespace ptyd {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxEmergencySequence = 4096;
constexpr std::chrono::milliseconds kMaxAnswerWait{500};

// What emergency_restore() needs, which may run on a thread that the system makes when the console closes. The modes
// are written before `output` is; the sequence is double-buffered, so that nobody sees half of one.
struct EmergencyState {
  std::atomic<HANDLE> output{nullptr};
  HANDLE input = nullptr;
  DWORD input_mode = 0;
  DWORD output_mode = 0;
  std::array<std::array<wchar_t, kMaxEmergencySequence>, 2> sequences{};
  std::array<std::size_t, 2> sizes{};
  std::atomic<std::size_t> current{0};
};

EmergencyState emergency;

UniqueHandle open_console(const wchar_t* name) {
  return own_handle(::CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                                  OPEN_EXISTING, 0, nullptr));
}

// Reads until the answer to kLastQuestion has come, or for too long. A terminal answers in the order it was asked.
void drop_answers(HANDLE input) {
  const auto deadline = Clock::now() + kMaxAnswerWait;
  std::array<INPUT_RECORD, 128> records{};
  ConsoleInput translate;
  std::string seen;
  while (!has_last_answer(seen)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || ::WaitForSingleObject(input, static_cast<DWORD>(left)) != WAIT_OBJECT_0) return;
    DWORD count = 0;
    if (::ReadConsoleInputW(input, records.data(), static_cast<DWORD>(records.size()), &count) == 0) return;
    seen += translate.take(std::span(records).first(count)).bytes;
  }
}

}  // namespace

struct OuterTerminal::Impl {
  UniqueHandle input;
  UniqueHandle output;
  DWORD input_mode = 0;
  DWORD output_mode = 0;
  bool raw = false;

  void set_modes(DWORD input_to, DWORD output_to) const {
    ::SetConsoleMode(handle_of(input), input_to);
    ::SetConsoleMode(handle_of(output), output_to);
  }
};

OuterTerminal::OuterTerminal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) { set_emergency_sequence({}); }
OuterTerminal::~OuterTerminal() { restore({}); }

// By name, as stdin and stdout may lead elsewhere.
Result<std::unique_ptr<OuterTerminal>> OuterTerminal::open() {
  auto impl = std::make_unique<Impl>();
  impl->input = open_console(L"CONIN$");
  impl->output = open_console(L"CONOUT$");
  if (impl->input && impl->output) return std::unique_ptr<OuterTerminal>(new OuterTerminal(std::move(impl)));
  Error error;
  error.code = errc::failed_precondition;
  error.message = "there is no console to attach";
  error.hint = "run it in a console window, or use `ptyctl logs -f`, `ptyctl send` or `ptyctl new -d`";
  return error;
}

std::intptr_t OuterTerminal::input() const noexcept { return impl_->input.native(); }
std::intptr_t OuterTerminal::output() const noexcept { return impl_->output.native(); }

// Source: "Console Virtual Terminal Sequences", SetConsoleMode.
Result<void> OuterTerminal::enter_raw() {
  if (impl_->raw) return {};
  const HANDLE input = handle_of(impl_->input);
  const HANDLE output = handle_of(impl_->output);
  if (::GetConsoleMode(input, &impl_->input_mode) == 0 || ::GetConsoleMode(output, &impl_->output_mode) == 0)
    return os_error("read the modes of the console", last_error());
  const DWORD cooked = ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_MOUSE_INPUT;
  const DWORD raw_input = (impl_->input_mode & ~cooked) | ENABLE_WINDOW_INPUT | ENABLE_VIRTUAL_TERMINAL_INPUT;
  const DWORD raw_output = impl_->output_mode | ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT |
                           ENABLE_VIRTUAL_TERMINAL_PROCESSING | DISABLE_NEWLINE_AUTO_RETURN;
  emergency.input = input;
  emergency.input_mode = impl_->input_mode;
  emergency.output_mode = impl_->output_mode;
  if (::SetConsoleMode(input, raw_input) == 0 || ::SetConsoleMode(output, raw_output) == 0) {
    auto error = os_error("switch the console to terminal sequences", last_error());
    impl_->set_modes(impl_->input_mode, impl_->output_mode);
    error.code = errc::failed_precondition;
    error.hint = "consoles can do that from Windows 10 on, unless their properties say 'legacy console'";
    return error;
  }
  emergency.output.store(output, std::memory_order_release);
  impl_->raw = true;
  return {};
}

void OuterTerminal::restore(std::string_view sequence, bool answers_due) noexcept {
  try {
    const HANDLE output = handle_of(impl_->output);
    ConsoleOutput writer;
    writer.write(output, sequence);
    if (!std::exchange(impl_->raw, false)) return;
    if (answers_due && writer.write(output, kLastQuestion)) drop_answers(handle_of(impl_->input));
  } catch (const std::bad_alloc&) {
    // The modes are what matters.
  }
  emergency.output.store(nullptr, std::memory_order_release);
  ::FlushConsoleInputBuffer(handle_of(impl_->input));
  impl_->set_modes(impl_->input_mode, impl_->output_mode);
}

// The window, not the buffer behind it, which may have thousands of rows.
TerminalSize OuterTerminal::size() const noexcept {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  TerminalSize result;
  if (::GetConsoleScreenBufferInfo(handle_of(impl_->output), &info) == 0) return result;
  const int cols = info.srWindow.Right - info.srWindow.Left + 1;
  const int rows = info.srWindow.Bottom - info.srWindow.Top + 1;
  if (cols <= 0 || rows <= 0) return result;
  result.cols = static_cast<std::uint32_t>(cols);
  result.rows = static_cast<std::uint32_t>(rows);
  return result;
}

// The sequence is ASCII.
void OuterTerminal::set_emergency_sequence(std::string_view sequence) noexcept {
  if (sequence.size() > kMaxEmergencySequence) return;
  const std::size_t next = 1 - emergency.current.load();
  std::copy(sequence.begin(), sequence.end(), emergency.sequences[next].begin());
  emergency.sizes[next] = sequence.size();
  emergency.current.store(next, std::memory_order_release);
}

void OuterTerminal::emergency_restore() noexcept {
  const HANDLE output = emergency.output.load(std::memory_order_acquire);
  if (output == nullptr) return;
  const auto current = emergency.current.load(std::memory_order_acquire);
  DWORD written = 0;
  ::WriteConsoleW(output, emergency.sequences[current].data(), static_cast<DWORD>(emergency.sizes[current]), &written,
                  nullptr);
  ::SetConsoleMode(emergency.input, emergency.input_mode);
  ::SetConsoleMode(output, emergency.output_mode);
}

}  // namespace ptyd
