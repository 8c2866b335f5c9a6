// Makes one call of the system fail in programs that preload this: the PTYD_FAIL_NTH-th PTYD_FAIL_CALL of a process
// whose program is named PTYD_FAIL_PROGRAM, with PTYD_FAIL_ERROR, an errno. Whichever process comes there first makes
// the file PTYD_FAIL_MARK, and no other one fails after that. Calls that the C library makes by itself are not seen.
// With PTYD_FAIL_SLOW_MS instead of the last three, none fails, but each of that kind takes so much longer.
//
// All of these functions are defined with six words, which is how their arguments and results travel on the systems
// that this is built for, whatever they are declared like.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>

#include <cstdlib>
#include <cstring>

namespace {

using Function = long (*)(long, long, long, long, long, long);

const char* wanted = nullptr;
const char* mark = nullptr;
long nth = 0;
int error_number = 0;
long calls = 0;
long slow_ms = 0;

Function find(const char* name) {
  void* const symbol = ::dlsym(RTLD_NEXT, name);
  Function function = nullptr;
  std::memcpy(&function, &symbol, sizeof function);
  return function;
}

__attribute__((constructor)) void read_settings() {
  const char* const program = std::getenv("PTYD_FAIL_PROGRAM");
  const char* const number = std::getenv("PTYD_FAIL_NTH");
  const char* const error = std::getenv("PTYD_FAIL_ERROR");
  const char* const slow = std::getenv("PTYD_FAIL_SLOW_MS");
  mark = std::getenv("PTYD_FAIL_MARK");
  if (program != nullptr && slow != nullptr && std::strcmp(program, program_invocation_short_name) == 0) {
    slow_ms = std::strtol(slow, nullptr, 10);
    wanted = std::getenv("PTYD_FAIL_CALL");
    return;
  }
  if (program == nullptr || number == nullptr || error == nullptr || mark == nullptr) return;
  if (std::strcmp(program, program_invocation_short_name) != 0) return;
  nth = std::strtol(number, nullptr, 10);
  error_number = std::atoi(error);
  wanted = std::getenv("PTYD_FAIL_CALL");
}

bool fails(const char* name) {
  if (wanted == nullptr || std::strcmp(wanted, name) != 0) return false;
  if (slow_ms > 0) {
    const timespec time{slow_ms / 1000, slow_ms % 1000 * 1'000'000};
    ::nanosleep(&time, nullptr);
    return false;
  }
  if (__atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) != nth) return false;
  static const Function open_file = find("open");
  static const Function close_file = find("close");
  const long file =
      static_cast<int>(open_file(reinterpret_cast<long>(mark), O_WRONLY | O_CREAT | O_EXCL, 0600, 0, 0, 0));
  if (file < 0) return false;
  close_file(file, 0, 0, 0, 0, 0);
  errno = error_number;
  return true;
}

// Others never run out of room.
bool is_file(long descriptor) {
  static const Function look = find("fstat");
  struct stat about {};
  const int before = errno;
  const bool found = look(descriptor, reinterpret_cast<long>(&about), 0, 0, 0, 0) == 0;
  errno = before;
  return found && S_ISREG(about.st_mode);
}

bool is_tty_request(long request) {
  const auto number = static_cast<unsigned int>(request);
  return number == TIOCGPTPEER || number == TIOCSPTLCK || number == TIOCGPTN;
}

}  // namespace

// CONDITION is of the arguments a, b, c. RESULT is what a failed call gives.
// Looked up before main(): a process that was forked with other threads around may not.
#define FAILING(NAME, CONDITION, RESULT)                                                         \
  static Function next_##NAME = find(#NAME);                                                     \
  extern "C" long failing_##NAME(long a, long b, long c, long d, long e, long f) __asm__(#NAME); \
  long failing_##NAME(long a, long b, long c, long d, long e, long f) {                          \
    if (next_##NAME == nullptr) next_##NAME = find(#NAME);                                       \
    if ((CONDITION) && fails(#NAME)) return (RESULT);                                            \
    return next_##NAME(a, b, c, d, e, f);                                                        \
  }

FAILING(accept, true, -1)
FAILING(accept4, true, -1)
FAILING(bind, true, -1)
FAILING(chdir, true, -1)
FAILING(connect, true, -1)
FAILING(dup2, true, -1)
FAILING(epoll_create1, true, -1)
FAILING(epoll_ctl, b == EPOLL_CTL_ADD, -1)
FAILING(eventfd, true, -1)
FAILING(execve, true, -1)
FAILING(fcntl, b == F_DUPFD || b == F_DUPFD_CLOEXEC || b == F_ADD_SEALS, -1)
FAILING(flock, true, -1)
FAILING(fork, true, -1)
FAILING(fstat, true, -1)
FAILING(ftruncate, true, -1)
FAILING(getsockopt, true, -1)
FAILING(ioctl, is_tty_request(b), -1)
FAILING(listen, true, -1)
FAILING(lstat, true, -1)
FAILING(memfd_create, true, -1)
FAILING(mkdir, true, -1)
FAILING(mkdirat, true, -1)
FAILING(mmap, true, -1)
FAILING(open, true, -1)
FAILING(openat, true, -1)
FAILING(pipe, true, -1)
FAILING(pipe2, true, -1)
FAILING(prctl, true, -1)
FAILING(pread, is_file(a), -1)
FAILING(pthread_create, true, error_number)
FAILING(pwrite, is_file(a), -1)
FAILING(read, is_file(a), -1)
FAILING(recvmsg, true, -1)
FAILING(rename, true, -1)
FAILING(sendmsg, true, -1)
FAILING(setrlimit, true, -1)
FAILING(socket, true, -1)
FAILING(symlink, true, -1)
FAILING(tcgetattr, true, -1)
FAILING(tcsetattr, true, -1)
FAILING(timerfd_create, true, -1)
FAILING(unlink, true, -1)
FAILING(write, is_file(a), -1)
