// The calls of the system that the host makes, answered by the simulated one.
#pragma once

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>

#include "tests/simulation/kernel.hpp"

int simulated_close(int fd);
int simulated_open(const char* path, int flags);
ssize_t simulated_readv(int fd, const iovec* pieces, int count);
ssize_t simulated_write(int fd, const void* bytes, std::size_t count);
ssize_t simulated_pread(int fd, void* bytes, std::size_t count, off_t offset);
void* simulated_mmap(void* at, std::size_t bytes, int protection, int flags, int fd, off_t offset);
int simulated_fstat(int fd, struct stat* about);
int simulated_fcntl(int fd, int command, int argument);
ssize_t simulated_recvmsg(int fd, msghdr* message, int flags);
ssize_t simulated_sendmsg(int fd, const msghdr* message, int flags);
int simulated_getpid();
int simulated_waitid(int which, unsigned id, siginfo_t* info, int options);
template <class... Arguments>
int simulated_nothing(Arguments&&...) {
  return 0;
}

// Not the system's.
int simulated_accept(int fd);
bool simulated_readable(int fd);
bool simulated_writable(int fd);
std::uint64_t simulated_size(int fd);
