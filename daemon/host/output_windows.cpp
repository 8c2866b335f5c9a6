#include "daemon/host/output_windows.hpp"

#include <cstring>

#include "daemon/host/crash_point.hpp"

namespace ptyd::host {

namespace {

constexpr DWORD kTurnBytes = 256 * 1024;  // then others get their turn, and the daemon is woken
constexpr std::uint64_t kTimerErrorNs = 200'000;

// CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, from Windows 10 1803 on. The common ones are late by up to 15 ms.
constexpr DWORD kFineTimer = 2;

}  // namespace

Output::~Output() {
  if (mapped_ != nullptr) ::UnmapViewOfFile(mapped_);
}

int Output::create(std::uint64_t capacity) {
  const std::uint64_t bytes = kDataOffset + capacity;
  // Not to be made smaller or larger by anybody; zeroed.
  section_ = own_handle(::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE,
                                             static_cast<DWORD>(bytes >> 32), static_cast<DWORD>(bytes), nullptr));
  if (!section_) return last_error();
  mapped_ = ::MapViewOfFile(handle_of(section_), FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, static_cast<SIZE_T>(bytes));
  if (mapped_ == nullptr) return last_error();
  ring_.create(mapped_, capacity);
  timer_ = own_handle(::CreateWaitableTimerExW(nullptr, nullptr, CREATE_WAITABLE_TIMER_MANUAL_RESET | kFineTimer,
                                               TIMER_MODIFY_STATE | SYNCHRONIZE));
  return read_.create();
}

int Output::renew_wakeup() {
  Descriptor fresh = own_handle(::CreateEventW(nullptr, FALSE, FALSE, nullptr));
  if (!fresh) return last_error();
  wakeup_.before = static_cast<Descriptor&&>(wakeup_.event);
  wakeup_.event = static_cast<Descriptor&&>(fresh);
  wakeup_.daemon = nullptr;
  return 0;
}

Descriptor::Native Output::read_only_ring() noexcept {
  HANDLE made = nullptr;
  const HANDLE process = ::GetCurrentProcess();
  if (!read_only_ && ::DuplicateHandle(process, handle_of(section_), process, &made, FILE_MAP_READ, FALSE, 0) != 0)
    read_only_ = own_handle(made);
  return read_only_.native();
}

void Output::start(HANDLE pipe) noexcept {
  pipe_ = pipe;
  read_.read(pipe_, buffer_, kBufferBytes);
}

Output::Turn Output::move(bool abandoned) {
  for (DWORD moved = 0; moved < kTurnBytes;) {
    const DWORD before = copied_;
    if (!copy(abandoned)) {
      stop_at_floor();
      return Turn::at_floor;
    }
    moved += copied_ - before;
    if (ended_) return Turn::ended;
    const bool pause = pausing();
    // An echo goes on its way before we read on.
    if (moved > 0 && !in_burst() && pause_.typing(monotonic_ns())) wake_for_output();
    if (!pause && !read_.pending()) read_.read(pipe_, buffer_, kBufferBytes);
    if (pause || !take_read()) {
      if (in_burst() || moved > 0) end_burst();
      return Turn::waiting;
    }
  }
  wake_for_output();
  return Turn::more;
}

// What was read into the ring. False: the floor holds the rest.
bool Output::copy(bool abandoned) {
  while (copied_ < filled_) {
    OutputRing::Room room = ring_.reserve(filled_ - copied_, false);
    if (room.bytes() == 0 && abandoned) room = ring_.reserve(filled_ - copied_, true);
    if (room.bytes() == 0) {
      if (ring_.wait_at_floor()) return false;
      continue;
    }
    std::memcpy(room.first, buffer_ + copied_, room.first_bytes);
    std::memcpy(room.second, buffer_ + copied_ + room.first_bytes, room.second_bytes);
    ring_.commit(room.bytes());
    copied_ += static_cast<DWORD>(room.bytes());
    note_time();
  }
  return true;
}

// False when there is nothing yet.
bool Output::take_read() {
  const Outcome outcome = read_.take();
  if (outcome.kind == Outcome::Kind::pending) return false;
  crash_point("host_output_read");
  ended_ = outcome.kind != Outcome::Kind::done;
  filled_ = outcome.bytes;
  copied_ = 0;
  if (ended_) end_burst();
  if (filled_ == kBufferBytes) begin_burst();
  if (!ended_) begin_pause();
  return true;
}

void Output::begin_pause() {
  constexpr std::uint64_t kNsInTick = 100;
  const std::uint64_t now = monotonic_ns();
  const std::uint64_t pause = timer_ ? pause_.after_read(filled_, now) : 0;
  LARGE_INTEGER due{};
  due.QuadPart = -static_cast<LONGLONG>(pause / kNsInTick);
  if (pause != 0 && ::SetWaitableTimer(handle_of(timer_), &due, 0, nullptr, nullptr, FALSE) != 0)
    pause_end_ns_ = now + pause;
}

bool Output::pausing() noexcept {
  if (pause_end_ns_ != 0 && monotonic_ns() + kTimerErrorNs >= pause_end_ns_) pause_end_ns_ = 0;
  return pause_end_ns_ != 0;
}

}  // namespace ptyd::host
