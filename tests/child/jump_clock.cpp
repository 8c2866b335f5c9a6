// Makes the clock of the day jump in a program that preloads this: each look at it finds it right, then a day ahead,
// then a day behind. Other clocks go on.
#include <dlfcn.h>
#include <time.h>

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

Look look = next_look();
unsigned int looks = 0;

}  // namespace

extern "C" int jumping_clock_gettime(clockid_t clock, timespec* time) __asm__("clock_gettime");
int jumping_clock_gettime(clockid_t clock, timespec* time) {
  if (look == nullptr) look = next_look();
  const int result = look(clock, time);
  if (result != 0 || clock != CLOCK_REALTIME) return result;
  constexpr long kJumps[] = {0, kDay, -kDay};
  time->tv_sec += kJumps[__atomic_fetch_add(&looks, 1, __ATOMIC_RELAXED) % 3];
  return 0;
}
