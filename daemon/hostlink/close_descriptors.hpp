// Between fork() and exec.
#pragma once

namespace ptyd {

// Closes every descriptor from `first` on. Safe after fork() in a program with threads.
void close_descriptors_from(int first) noexcept;

}  // namespace ptyd
