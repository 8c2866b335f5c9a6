// Measures a program in a pseudoconsole, bare or through ptyd: Windows only.
//
//   console_meter bare echo COUNT | bare flood BYTES                      makes the pseudoconsole itself
//   console_meter ptyd SOCKET SESSION echo COUNT | ... flood BYTES        attaches to a session
//   console_meter child echo | child flood BYTES                          what runs inside
//
// Prints one line of JSON: round trips of a typed character, or the time from a key to the last of the text.
#include <windows.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "client/ptyd/attached_session.hpp"
#include "common/program_arguments.hpp"
#include "common/wide_string.hpp"

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::string_view kReady = "ready";
constexpr std::string_view kEnd = "end-of-text";
constexpr std::string_view kKeys = "#&@~";  // in no sequence that a console host writes
constexpr COORD kSize{80, 24};
constexpr std::size_t kWarmUp = 100;  // round trips that do not count

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "console_meter: %s (%lu)\n", what, ::GetLastError());
  std::exit(1);
}

double micros(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

// ---------------------------------------------------------------- inside

HANDLE open_console(const wchar_t* name) {
  const HANDLE console = ::CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                                       OPEN_EXISTING, 0, nullptr);
  if (console == INVALID_HANDLE_VALUE) die("there is no console");
  return console;
}

void write_all(HANDLE to, std::string_view text) {
  while (!text.empty()) {
    DWORD written = 0;
    if (::WriteFile(to, text.data(), static_cast<DWORD>(text.size()), &written, nullptr) == 0) die("write");
    text.remove_prefix(written);
  }
}

char read_key(HANDLE from) {
  char key = 0;
  DWORD got = 0;
  if (::ReadFile(from, &key, 1, &got, nullptr) == 0 || got == 0) std::exit(0);
  return key;
}

int run_child(std::string_view what, std::uint64_t bytes) {
  const HANDLE in = open_console(L"CONIN$");
  const HANDLE out = open_console(L"CONOUT$");
  ::SetConsoleMode(in, 0);
  write_all(out, kReady);
  if (what == "echo") {
    for (;;) {
      const char key = read_key(in);
      write_all(out, std::string_view(&key, 1));
    }
  }
  read_key(in);
  const std::string line = std::string(78, 'x') + "\r\n";
  std::string block;
  while (block.size() < 4000) block += line;
  for (std::uint64_t done = 0; done < bytes; done += block.size()) write_all(out, block);
  write_all(out, kEnd);
  ::Sleep(INFINITE);
  return 0;
}

// ---------------------------------------------------------------- the far side

class EchoTimes {
 public:
  explicit EchoTimes(std::size_t count) : left_(count + kWarmUp) {}
  bool more() const { return left_ > 0; }
  char next_key() {
    begun_ = Clock::now();
    return key_ = kKeys[left_ % kKeys.size()];
  }
  // True when the key that was typed is there.
  bool seen(std::string_view output) {
    if (output.find(key_) == std::string_view::npos) return false;
    times_.push_back(micros(Clock::now() - begun_));
    --left_;
    return true;
  }
  void print() {
    times_.erase(times_.begin(), times_.begin() + kWarmUp);
    std::sort(times_.begin(), times_.end());
    std::printf("{\"p50_us\": %.1f, \"p95_us\": %.1f}\n", times_[times_.size() / 2], times_[times_.size() * 95 / 100]);
  }

 private:
  std::size_t left_;
  char key_ = 0;
  Clock::time_point begun_;
  std::vector<double> times_;
};

// Whether `word` has come, in pieces of any size.
class WordWatch {
 public:
  explicit WordWatch(std::string_view word) : word_(word) {}
  bool seen(std::string_view output) {
    tail_ += output;
    if (tail_.find(word_) != std::string::npos) return true;
    tail_.erase(0, tail_.size() - std::min(tail_.size(), word_.size()));
    return false;
  }

 private:
  std::string_view word_;
  std::string tail_;
};

void print_flood(std::uint64_t bytes, Clock::duration took) {
  const double seconds = micros(took) / 1e6;
  std::printf("{\"seconds\": %.6f, \"mib_per_second\": %.3f}\n", seconds,
              static_cast<double>(bytes) / seconds / (1 << 20));
}

// ---------------------------------------------------------------- bare

class Bare {
 public:
  explicit Bare(const std::wstring& arguments) {
    HANDLE console_in = nullptr;
    HANDLE console_out = nullptr;
    if (::CreatePipe(&console_in, &to_, nullptr, 0) == 0 ||
        ::CreatePipe(&from_, &console_out, nullptr, 128 * 1024) == 0)
      die("make pipes");
    if (FAILED(::CreatePseudoConsole(kSize, console_in, console_out, 0, &console_))) die("make a pseudoconsole");
    start(arguments);
    ::CloseHandle(console_in);
    ::CloseHandle(console_out);
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  ~Bare() { ::TerminateProcess(process_, 0); }

  void type(std::string_view text) const { write_all(to_, text); }
  std::string_view read() {
    DWORD got = 0;
    if (::ReadFile(from_, buffer_, sizeof buffer_, &got, nullptr) == 0) die("read");
    return {buffer_, got};
  }

 private:
  void start(const std::wstring& arguments) {
    std::vector<char> memory(1024);
    SIZE_T size = memory.size();
    STARTUPINFOEXW info{};
    info.StartupInfo.cb = sizeof info;
    info.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    info.StartupInfo.hStdInput = info.StartupInfo.hStdOutput = info.StartupInfo.hStdError = INVALID_HANDLE_VALUE;
    info.lpAttributeList = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory.data());
    if (::InitializeProcThreadAttributeList(info.lpAttributeList, 1, 0, &size) == 0 ||
        ::UpdateProcThreadAttribute(info.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE, console_,
                                    sizeof console_, nullptr, nullptr) == 0)
      die("name the pseudoconsole");
    std::wstring program(32768, L'\0');
    program.resize(::GetModuleFileNameW(nullptr, program.data(), static_cast<DWORD>(program.size())));
    std::wstring line = L"\"" + program + L"\" child " + arguments;
    PROCESS_INFORMATION made{};
    if (::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, FALSE, EXTENDED_STARTUPINFO_PRESENT, nullptr,
                         nullptr, &info.StartupInfo, &made) == 0)
      die("start the program");
    process_ = made.hProcess;
  }

  HPCON console_ = nullptr;
  HANDLE to_ = nullptr;
  HANDLE from_ = nullptr;
  HANDLE process_ = nullptr;
  char buffer_[64 * 1024];
};

void bare_echo(std::size_t count) {
  Bare console(L"echo");
  for (WordWatch ready(kReady); !ready.seen(console.read());) {
  }
  EchoTimes times(count);
  while (times.more()) {
    const char key = times.next_key();
    console.type(std::string_view(&key, 1));
    while (!times.seen(console.read())) {
    }
  }
  times.print();
}

void bare_flood(std::uint64_t bytes) {
  Bare console(L"flood " + std::to_wstring(bytes));
  for (WordWatch ready(kReady); !ready.seen(console.read());) {
  }
  const auto begun = Clock::now();
  console.type("\r");
  for (WordWatch end(kEnd); !end.seen(console.read());) {
  }
  print_flood(bytes, Clock::now() - begun);
}

// ---------------------------------------------------------------- through ptyd

asio::awaitable<std::string> next_output(ptyd::AttachedSession* session) {
  for (;;) {
    auto chunk = co_await session->read();
    using Kind = ptyd::AttachedChunk::Kind;
    if (chunk.kind == Kind::output || chunk.kind == Kind::snapshot) co_return std::move(chunk.data);
    if (chunk.kind == Kind::ended || chunk.kind == Kind::failed) die(chunk.error.message.c_str());
  }
}

asio::awaitable<void> ptyd_echo(ptyd::AttachedSession* session, std::size_t count) {
  EchoTimes times(count);
  while (times.more()) {
    const std::string key(1, times.next_key());
    const auto typed = co_await session->type(key);
    if (!typed) die(typed.error().message.c_str());
    for (;;) {
      const auto output = co_await next_output(session);
      if (times.seen(output)) break;
    }
  }
  times.print();
}

asio::awaitable<void> ptyd_flood(ptyd::AttachedSession* session, std::uint64_t bytes) {
  const auto begun = Clock::now();
  const std::string key = "\r";
  const auto typed = co_await session->type(key);
  if (!typed) die(typed.error().message.c_str());
  WordWatch end(kEnd);
  for (;;) {
    const auto output = co_await next_output(session);
    if (end.seen(output)) break;
  }
  print_flood(bytes, Clock::now() - begun);
}

asio::awaitable<void> through_ptyd(asio::any_io_executor executor, ptyd::ClientOptions options, std::string name,
                                   std::string what, std::uint64_t amount) {
  ptyd::AttachParameters parameters;
  parameters.session = name;
  parameters.flow = ptyd::v1::LOSSLESS;
  parameters.from_offset = 0;
  const auto connect = ptyd::client_factory(executor, options);
  const auto session = co_await ptyd::AttachedSession::attach(executor, connect, parameters);
  if (!session) die(session.error().message.c_str());
  WordWatch ready(kReady);
  for (;;) {
    const auto output = co_await next_output(session->get());
    if (ready.seen(output)) break;
  }
  if (what == "echo")
    co_await ptyd_echo(session->get(), amount);
  else
    co_await ptyd_flood(session->get(), amount);
}

int run_through_ptyd(const std::vector<std::string>& words, std::uint64_t amount) {
  asio::io_context loop(1);
  ptyd::ClientOptions options;
  options.socket = words[2];
  options.name = "console_meter";
  asio::co_spawn(loop, through_ptyd(loop.get_executor(), options, words[3], words[4], amount),
                 [&loop](const std::exception_ptr& error) {
                   loop.stop();
                   if (error) std::rethrow_exception(error);
                 });
  loop.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const ptyd::ProgramArguments arguments(argc, argv);
  const std::vector<std::string> words(arguments.data(), arguments.data() + arguments.count());
  const std::string last = words.back();
  const auto amount = std::strtoull(last.c_str(), nullptr, 10);
  if (words.size() >= 3 && words[1] == "child") return run_child(words[2], amount);
  if (words.size() == 6 && words[1] == "ptyd") return run_through_ptyd(words, amount);
  if (words.size() == 4 && words[1] == "bare") {
    words[2] == "echo" ? bare_echo(amount) : bare_flood(amount);
    return 0;
  }
  std::fputs("usage: console_meter bare | ptyd SOCKET SESSION, then echo COUNT | flood BYTES\n", stderr);
  return 2;
}
