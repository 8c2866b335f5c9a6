// One overlapped call of a fixed place, which is used again only when the result of the last was taken. Windows only.
#pragma once

#include "daemon/host/handle_windows.hpp"

namespace ptyd::host {

// What became of a call.
struct Outcome {
  enum class Kind {
    pending,
    done,
    gone,     // the other end of the pipe was closed
    stopped,  // after cancel(), whatever the system said
    failed,
  };
  Kind kind = Kind::pending;
  DWORD bytes = 0;
  DWORD error = 0;
};

Outcome::Kind kind_of(DWORD error, bool cancelled) noexcept;

// Memory and handle that a call was given must stay until take() has said something else than pending.
class Operation {
 public:
  Operation() = default;
  // Cancels and waits.
  ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  // 0, or an error. Before anything else.
  int create() noexcept;
  // Set when there is a result to be taken; null while nothing is pending.
  HANDLE event() const noexcept { return pending() ? handle_of(event_) : nullptr; }
  bool pending() const noexcept { return state_ != State::idle; }

  // Only while nothing is pending. An error is told by take() as well.
  void read(HANDLE file, void* to, DWORD bytes) noexcept;
  void write(HANDLE file, const void* from, DWORD bytes) noexcept;
  // A client that came and went before is done, too: what it wrote can be read.
  void connect(HANDLE pipe) noexcept;
  void cancel() noexcept;
  // Cancels, waits and throws the result away: idle afterwards. Local pipes let go at once.
  void stop() noexcept;

  // Never waits. With another answer than pending, the operation is idle again.
  Outcome take() noexcept;

 private:
  enum class State { idle, in_flight, refused };

  void begin(HANDLE file) noexcept;
  void issued(bool ok) noexcept;

  OVERLAPPED overlapped_{};
  Descriptor event_;
  HANDLE file_ = nullptr;
  State state_ = State::idle;
  DWORD refusal_ = 0;
  bool cancelled_ = false;
};

}  // namespace ptyd::host
