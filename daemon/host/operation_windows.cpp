#include "daemon/host/operation_windows.hpp"

namespace ptyd::host {

Outcome::Kind kind_of(DWORD error, bool cancelled) noexcept {
  if (cancelled) return Outcome::Kind::stopped;
  switch (error) {
    case ERROR_SUCCESS: return Outcome::Kind::done;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
    case ERROR_PIPE_NOT_CONNECTED:
    case ERROR_HANDLE_EOF: return Outcome::Kind::gone;
    default: return Outcome::Kind::failed;
  }
}

Operation::~Operation() {
  if (state_ == State::in_flight) stop();
}

int Operation::create() noexcept {
  event_ = own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
  return event_ ? 0 : last_error();
}

void Operation::begin(HANDLE file) noexcept {
  overlapped_ = OVERLAPPED{};
  overlapped_.hEvent = handle_of(event_);
  file_ = file;
  cancelled_ = false;
}

// Each call resets the event; one that is done at once sets it as well.
void Operation::issued(bool ok) noexcept {
  const DWORD error = ok ? ERROR_IO_PENDING : ::GetLastError();
  state_ = error == ERROR_IO_PENDING ? State::in_flight : State::refused;
  refusal_ = error;
  if (state_ == State::refused) ::SetEvent(handle_of(event_));
}

void Operation::read(HANDLE file, void* to, DWORD bytes) noexcept {
  begin(file);
  issued(::ReadFile(file, to, bytes, nullptr, &overlapped_) != 0);
}

void Operation::write(HANDLE file, const void* from, DWORD bytes) noexcept {
  begin(file);
  issued(::WriteFile(file, from, bytes, nullptr, &overlapped_) != 0);
}

void Operation::connect(HANDLE pipe) noexcept {
  begin(pipe);
  issued(::ConnectNamedPipe(pipe, &overlapped_) != 0);
  if (refusal_ == ERROR_PIPE_CONNECTED || refusal_ == ERROR_NO_DATA) refusal_ = ERROR_SUCCESS;
}

void Operation::cancel() noexcept {
  cancelled_ = true;
  if (state_ == State::in_flight) ::CancelIoEx(file_, &overlapped_);
}

void Operation::stop() noexcept {
  cancel();
  DWORD bytes = 0;
  if (state_ == State::in_flight) ::GetOverlappedResult(file_, &overlapped_, &bytes, TRUE);
  take();
}

Outcome Operation::take() noexcept {
  Outcome outcome;
  if (state_ == State::refused) {
    outcome.error = refusal_;
  } else if (state_ == State::idle) {
    return outcome;
  } else if (::GetOverlappedResult(file_, &overlapped_, &outcome.bytes, FALSE) == 0) {
    outcome.error = ::GetLastError();
    if (outcome.error == ERROR_IO_INCOMPLETE) return outcome;
  }
  state_ = State::idle;
  outcome.kind = kind_of(outcome.error, cancelled_);
  return outcome;
}

}  // namespace ptyd::host
