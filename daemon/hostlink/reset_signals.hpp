// Between fork() and exec.
#pragma once

namespace ptyd {

// Gives every signal its usual effect, and blocks none. Safe after fork() in a program with threads.
void reset_signals() noexcept;

}  // namespace ptyd
