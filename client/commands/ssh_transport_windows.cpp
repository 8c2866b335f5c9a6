#include <windows.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <string>

#include "client/commands/blocking_thread_windows.hpp"
#include "client/commands/process_windows.hpp"
#include "client/commands/ssh_transport.hpp"
#include "common/handle_windows.hpp"
#include "common/pipe_windows.hpp"
#include "common/random.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kPiece = 64 * 1024;

std::string random_name() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name = R"(\\.\pipe\ptyd-relay-)";
  for (const auto byte : random_bytes16()) {
    name += kDigits[byte >> 4];
    name += kDigits[byte & 15];
  }
  return name;
}

struct Pipe {
  UniqueHandle read;
  UniqueHandle write;
};

Result<Pipe> make_pipe() {
  HANDLE read = nullptr;
  HANDLE write = nullptr;
  if (::CreatePipe(&read, &write, nullptr, 0) == 0) return os_error("make a pipe", last_error());
  return Pipe{own_handle(read), own_handle(write)};
}

// One overlapped call after the other on an end of a duplex pipe. It is waited for until it ends or `stops` has
// something; then it is taken back first.
class OverlappedEnd {
 public:
  OverlappedEnd(HANDLE pipe, std::array<HANDLE, 2> stops)
      : pipe_(pipe), stops_(stops), event_(own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr))) {}

  // 0: the end, or stopped.
  DWORD read(char* into, DWORD size) {
    OVERLAPPED call = begin();
    return finish(call, ::ReadFile(pipe_, into, size, nullptr, &call));
  }
  DWORD write(const char* from, DWORD size) {
    OVERLAPPED call = begin();
    return finish(call, ::WriteFile(pipe_, from, size, nullptr, &call));
  }

 private:
  OVERLAPPED begin() {
    OVERLAPPED call{};
    call.hEvent = handle_of(event_);
    return call;
  }
  DWORD finish(OVERLAPPED& call, BOOL done) {
    if (done == 0 && ::GetLastError() != ERROR_IO_PENDING) return 0;
    const std::array<HANDLE, 3> either{handle_of(event_), stops_[0], stops_[1]};
    if (::WaitForMultipleObjects(3, either.data(), FALSE, INFINITE) != WAIT_OBJECT_0) ::CancelIoEx(pipe_, &call);
    DWORD size = 0;
    return ::GetOverlappedResult(pipe_, &call, &size, TRUE) != 0 ? size : 0;
  }

  HANDLE pipe_;
  std::array<HANDLE, 2> stops_;
  UniqueHandle event_;
};

// Programs can't have an overlapped pipe as stdin and stdout: two threads carry the bytes. The pipe is closed, and the
// program's stdin, when either side has ended.
class ProgramRelay {
 public:
  ProgramRelay(UniqueHandle pipe, UniqueHandle to_program, UniqueHandle from_program)
      : pipe_(std::move(pipe)),
        to_program_(std::move(to_program)),
        from_program_(std::move(from_program)),
        ended_(own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr))) {}
  ProgramRelay(const ProgramRelay&) = delete;
  ProgramRelay& operator=(const ProgramRelay&) = delete;
  ~ProgramRelay() {
    to_.stop();
    from_.stop();
  }

  void start() {
    to_.run([this] { carry_to_program(); });
    from_.run([this] { carry_from_program(); });
  }

 private:
  void carry_to_program() {
    OverlappedEnd end(handle_of(pipe_), {to_.stopping(), handle_of(ended_)});
    std::string room(kPiece, '\0');
    while (const DWORD size = end.read(room.data(), static_cast<DWORD>(room.size()))) {
      DWORD written = 0;
      if (::WriteFile(handle_of(to_program_), room.data(), size, &written, nullptr) == 0 || written != size) break;
    }
    to_program_.reset();
    finish_one();
  }
  void carry_from_program() {
    OverlappedEnd end(handle_of(pipe_), {from_.stopping(), from_.stopping()});
    std::string room(kPiece, '\0');
    DWORD size = 0;
    while (::ReadFile(handle_of(from_program_), room.data(), static_cast<DWORD>(room.size()), &size, nullptr) != 0 &&
           size > 0 && end.write(room.data(), size) == size) {
    }
    ::SetEvent(handle_of(ended_));
    finish_one();
  }
  // The second one closes the pipe: the other end sees that nothing comes any more.
  void finish_one() {
    if (finished_.fetch_add(1) == 1) pipe_.reset();
  }

  UniqueHandle pipe_;
  UniqueHandle to_program_;
  UniqueHandle from_program_;
  UniqueHandle ended_;  // the program's output
  std::atomic<int> finished_{0};
  BlockingThread to_;
  BlockingThread from_;
};

}  // namespace

Result<StartedProgram> start_on_socket(const std::vector<std::string>& arguments) {
  const auto name = random_name();
  auto ours = make_pipe_instance(name, true);
  if (!ours) return ours.error();
  const auto wide = to_wide(name);
  if (!wide) return wide.error();
  auto theirs =
      own_handle(::CreateFileW(wide->c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                               FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
  if (!theirs) return os_error("connect to " + name, last_error());
  auto in = make_pipe();
  auto out = make_pipe();
  if (!in) return in.error();
  if (!out) return out.error();
  const auto process =
      start_program(arguments, {handle_of(in->read), handle_of(out->write), ::GetStdHandle(STD_ERROR_HANDLE)});
  if (!process) return process.error();
  auto relay = std::make_shared<ProgramRelay>(std::move(theirs), std::move(in->write), std::move(out->read));
  relay->start();
  return StartedProgram{ours->release(), relay};
}

}  // namespace ptyd
