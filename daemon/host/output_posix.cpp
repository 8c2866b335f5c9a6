#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "common/time_slice.hpp"
#include "daemon/host/clock.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/output_posix.hpp"

namespace ptyd::host {

namespace {

constexpr std::size_t kTurnBytes = 64 * 1024;  // then others get their turn, and the daemon is woken
constexpr std::size_t kReadBytes = 16 * 1024;  // a pty gives 4 to 8 KiB at once
constexpr std::size_t kFullRead = 4000;        // from this on the program is likely to have more

}  // namespace

int Output::create(std::uint64_t capacity) {
  const std::size_t bytes = kDataOffset + static_cast<std::size_t>(capacity);
  memory_ = create_shared_memory(bytes);
  if (!memory_) return errno;
  void* const mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory_.fd(), 0);
  if (mapped == MAP_FAILED) return errno;
  keep_out_of_dumps(mapped, bytes);
  ring_.create(mapped, capacity);
  return 0;
}

int Output::adopt(Descriptor memory) {
  struct stat about {};
  if (::fstat(memory.fd(), &about) != 0) return errno;
  const auto bytes = static_cast<std::size_t>(about.st_size);
  if (about.st_size < 0 || bytes < kDataOffset + kMinRing) return EINVAL;
  void* const mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory.fd(), 0);
  if (mapped == MAP_FAILED) return errno;
  keep_out_of_dumps(mapped, bytes);
  memory_ = static_cast<Descriptor&&>(memory);
  return ring_.adopt(mapped, bytes) ? 0 : EINVAL;
}

int Output::renew_wakeup() {
  Wakeup fresh;
  if (!open_wakeup(fresh)) return errno;
  wakeup_.to_read = static_cast<Descriptor&&>(fresh.to_read);
  wakeup_.to_write = static_cast<Descriptor&&>(fresh.to_write);
  return 0;
}

Output::Turn Output::read(int pty, bool abandoned, Custody& custody) {
  for (std::size_t bytes = 0; bytes < kTurnBytes;) {
    OutputRing::Room room = ring_.reserve(kReadBytes, false);
    if (room.bytes() == 0 && abandoned) room = ring_.reserve(kReadBytes, true);
    if (room.bytes() == 0) {
      if (!ring_.wait_at_floor()) continue;
      stop_at_floor();
      return Turn::at_floor;
    }
    const iovec pieces[2] = {{room.first, room.first_bytes}, {room.second, room.second_bytes}};
    custody.before_read(ring_.head());
    crash_point("host_before_read");
    const ssize_t got = ::readv(pty, pieces, room.second_bytes > 0 ? 2 : 1);
    if (got <= 0) {
      const int error = got < 0 ? errno : 0;
      ring_.commit(0);
      custody.after_read();
      if (error == EINTR) continue;
      end_burst();
      return error == EAGAIN || error == EWOULDBLOCK ? Turn::drained : Turn::hung_up;
    }
    crash_point("host_output_read");
    const std::size_t read_bytes = static_cast<std::size_t>(got);
    if (read_bytes >= kFullRead) begin_burst();
    ring_.commit(read_bytes);
    crash_point("host_output_told");
    custody.after_read();
    note_rate(read_bytes, note_time());
    bytes += read_bytes;
    if (read_bytes < kFullRead) {
      end_burst();
      return Turn::quiet;
    }
    pace(read_bytes);
  }
  wake_for_output();
  return Turn::more;
}

// A key's way has to be short. For the next piece of a flood nobody waits.
void Output::note_rate(std::size_t read_bytes, std::uint64_t now_ms) noexcept {
  if (rate_.note(read_bytes, now_ms)) set_time_slice(rate_.flooding() ? TimeSlice::usual : TimeSlice::brief);
}

void Output::pace(std::size_t read_bytes) noexcept {
  const std::uint64_t now = monotonic_ns();
  std::uint64_t driven_off = 0;
  if (pacing_.full_read(read_bytes, now) && times_driven_off(driven_off)) pacing_.choose(now, driven_off);
  if (pacing_.wait_ns() == 0) return;
  while (monotonic_ns() < now + pacing_.wait_ns()) {
  }
}

}  // namespace ptyd::host
