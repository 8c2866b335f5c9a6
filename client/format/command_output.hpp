// What one command wrote, taken out of a session's output by the shell's marks (OSC 133).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ptyd {

// With the line that was typed, commands that the shell tells to be others are passed by: somebody else was quicker.
// Pieces may be cut anywhere. Holds back at most one mark that is not complete yet.
class CommandOutput {
 public:
  enum class State { before, running, ended };

  explicit CommandOutput(std::string typed = {}) : typed_(std::move(typed)) {}

  // What of `bytes`, and of what was held back before, is between the first C and the next D.
  std::string feed(std::string_view bytes);
  State state() const noexcept { return state_; }
  // Another command has ended, and none has begun since.
  bool passed_by() const noexcept { return state_ == State::before && passed_by_; }
  // How many bytes were fed before the next one that feed() gives. What it gives has no holes.
  std::uint64_t position() const noexcept { return position_; }
  // As the shell told it; nothing when it told just that the command is over.
  std::optional<std::int32_t> exit_code() const noexcept { return exit_code_; }

 private:
  static constexpr std::size_t kMaxMark = 16 * 1024;

  void take(char byte, std::string& out);
  void pass_on(std::string& out);
  void mark(std::string_view text, std::string& out);

  bool is_anothers(std::string_view parameters) const;

  std::string typed_;
  bool anothers_runs_ = false;
  bool passed_by_ = false;
  State state_ = State::before;
  std::optional<std::int32_t> exit_code_;
  std::string held_;  // the beginning of what may be a mark
  std::uint64_t fed_ = 0;
  std::uint64_t position_ = 0;
};

}  // namespace ptyd
