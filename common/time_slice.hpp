// How long a thread runs before others get the processor, and how soon it gets one itself.
#pragma once

namespace ptyd {

enum class TimeSlice {
  usual,
  // The shortest: its turn comes sooner when others want the processor too. It gets no more of it than before.
  brief,
};

// For the calling thread alone: what it starts has the usual one. Does nothing where the system has no such thing
// (Linux has it since 6.12), or where another policy or a higher priority was chosen for the thread.
// Source: Documentation/scheduler/sched-eevdf.rst of Linux; sched_setattr(2).
void set_time_slice(TimeSlice slice) noexcept;

}  // namespace ptyd
