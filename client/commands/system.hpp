// What commands ask of the system that ptyctl runs on.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/error.hpp"

namespace ptyd {

enum class StandardStream { in, out, error };

// First of all. On Windows, makes those standard streams that nobody gave us ones of our console, where we have one.
void complete_standard_streams() noexcept;

bool is_terminal(StandardStream stream) noexcept;
// Columns of the terminal behind stdout; 0 when it does not say.
std::size_t output_columns() noexcept;

std::vector<std::pair<std::string, std::string>> environment();

// Calls `take` with each piece of the file until its end; "-" is stdin. `take` returns an error to stop.
Result<void> read_file(const std::string& path, const std::function<Result<void>(std::string_view)>& take);
Result<std::string> read_small_file(const std::string& path, std::size_t max_bytes);
// Replaces the file at `path`, whose folder is made; never leaves half of one behind.
Result<void> write_file(const std::string& path, std::string_view text);

// Becomes another program. Returns only when that fails.
Error replace_program(const std::vector<std::string>& arguments);
// Runs a program and waits for it; its output goes to stderr or into `output`. Returns its exit status.
Result<int> run_program(const std::vector<std::string>& arguments, std::string* output);

// From here on a signal that ends the process puts the terminal right first.
void guard_terminal_against_crashes() noexcept;
// Ends the process at once, as a signal would have.
[[noreturn]] void end_by_signal(int number) noexcept;
void ignore_broken_pipes() noexcept;

}  // namespace ptyd
