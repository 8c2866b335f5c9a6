// Where Linux and the other Unix systems differ, as far as the host is concerned.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/host/descriptor.hpp"

namespace ptyd::host {

// Shared memory of exactly `bytes` that has no name and, on Linux, whose size nobody can change any more.
// Empty with errno set on failure.
Descriptor create_shared_memory(std::uint64_t bytes);
// The same for reading only; empty with errno set when that can't be had, and always where kHasReadOnlyMemory is false.
extern const bool kHasReadOnlyMemory;
Descriptor read_only(const Descriptor& memory);
// Keeps a mapping out of core dumps: it holds what was on the screen.
void keep_out_of_dumps(void* memory, std::size_t bytes);

// What wakes the daemon: never blocks the host, however full it is.
struct Wakeup {
  Descriptor to_read;  // what the daemon gets; the same as `to_write` for an eventfd
  Descriptor to_write;
};
bool open_wakeup(Wakeup& wakeup);
void wake(const Wakeup& wakeup);

// A descriptor that is readable when children have ended; -1 with errno set on failure. Once in a process, which then
// has SIGCHLD for that.
int watch_children();
void take_children_news(int fd);

// What the kernel counts that is neither read from the pty nor written to it, as far as it matters: see custody.hpp.
void count_other_read() noexcept;
std::uint64_t other_reads() noexcept;   // how many
std::uint64_t other_writes() noexcept;  // bytes

// The next connection, closed on exec and non-blocking; empty with errno set when there is none.
Descriptor accept_connection(int listener);
// True when the process at the other end runs as our user, as the kernel says.
bool peer_is_our_user(int connection);

// By which a child can be signalled whatever happens to its number; empty where the system has no such thing.
Descriptor open_process(int pid);
// 0, or an errno. By `process` where there is one, else by number: then the caller knows that `pid` is not reaped.
int signal_process(const Descriptor& process, int pid, int number);
// The same for its process group; where that can't be done by `process`, by number.
int signal_process_group(const Descriptor& process, int pid, int number);
// How a process that is not our child has ended.
enum class Ended { not_yet, known, unknown };
// `status` is as waitpid() gives it.
Ended end_of_process(const Descriptor& process, int& status);

// Closes every descriptor from `first` on.
void close_from(int first);

// The process's name, a higher chance than the daemon to be ended when memory runs out, and (true) whether
// orphans of the session come to us.
bool set_up_process();
// After fork(): a still higher chance for the program.
void raise_oom_score_of_child();
// The host starts no other programs after its own: nothing it could run may gain rights.
void drop_new_privileges();

// How often this process was driven off its processor so far. False where waiting before reads is of no use.
bool times_driven_off(std::uint64_t& times) noexcept;

}  // namespace ptyd::host
