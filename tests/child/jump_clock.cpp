// Makes clocks jump in a program that preloads this. Each look at the clock of the day finds it right, then a day ahead,
// then a day behind; other clocks go on. With PTYD_TEST_CLOCKS, a file of two numbers of 64 bits that may be changed at any
// time, that clock is ahead by as many seconds as the first one says, and the one that counts the machine's sleep by the
// second.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

using Look = int (*)(clockid_t, timespec*);
constexpr long kDay = 24L * 60 * 60;

Look next_look() {
  void* const symbol = ::dlsym(RTLD_NEXT, "clock_gettime");
  Look look = nullptr;
  std::memcpy(&look, &symbol, sizeof look);
  return look;
}

struct Shifts {
  std::int64_t day;
  std::int64_t boot;
};

const Shifts* map_shifts() {
  const char* const path = std::getenv("PTYD_TEST_CLOCKS");
  if (path == nullptr) return nullptr;
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  void* const memory = file < 0 ? MAP_FAILED : ::mmap(nullptr, sizeof(Shifts), PROT_READ, MAP_SHARED, file, 0);
  if (file >= 0) ::close(file);
  if (memory == MAP_FAILED) std::abort();
  return static_cast<const Shifts*>(memory);
}

Look look = next_look();
const Shifts* const shifts = map_shifts();
unsigned int looks = 0;

}  // namespace

extern "C" int jumping_clock_gettime(clockid_t clock, timespec* time) __asm__("clock_gettime");
int jumping_clock_gettime(clockid_t clock, timespec* time) {
  if (look == nullptr) look = next_look();
  const int result = look(clock, time);
  if (result != 0) return result;
  if (shifts != nullptr) {
    if (clock == CLOCK_REALTIME) time->tv_sec += __atomic_load_n(&shifts->day, __ATOMIC_RELAXED);
    if (clock == CLOCK_BOOTTIME) time->tv_sec += __atomic_load_n(&shifts->boot, __ATOMIC_RELAXED);
    return result;
  }
  if (clock != CLOCK_REALTIME) return result;
  constexpr long kJumps[] = {0, kDay, -kDay};
  time->tv_sec += kJumps[__atomic_fetch_add(&looks, 1, __ATOMIC_RELAXED) % 3];
  return 0;
}
