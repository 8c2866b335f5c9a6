// What was run in a session, as its shell told by OSC 133.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/small_deque.hpp"

namespace ptyd {

// A shell's mark in the output.
struct CommandMark {
  enum class Kind : std::uint8_t {
    started,  // C
    ended,    // D
    prompt,   // A, behind a command whose end was not told
  };
  Kind kind = Kind::started;
  std::uint64_t begin = 0;                   // offset of its first byte
  std::uint64_t end = 0;                     // and behind its last
  std::optional<std::int32_t> exit_code;     // of ended
  std::string text;                          // of started: the command line, as far as it is known
  std::shared_ptr<const std::string> cwd{};  // of started; none: not known
  std::uint64_t ended_before = 0;            // commands whose end the shell had told before
  std::uint64_t at_ms = 0;                   // Unix time; 0: not known
};

struct LoggedCommand {
  std::uint64_t number = 0;  // counts the commands of the session from 1
  std::string text;
  std::uint64_t from = 0;  // its output
  std::uint64_t to = 0;    // 0 while it runs
  bool running = true;
  std::optional<std::int32_t> exit_code;
  std::uint64_t started_ms = 0;
  std::uint64_t ended_ms = 0;
  std::shared_ptr<const std::string> cwd;
};

// Bounded: the oldest are forgotten. A mark that comes again, as output is read again after a restart, counts once.
class CommandLog {
 public:
  static constexpr std::size_t kMost = 1000;
  static constexpr std::size_t kMaxText = 4096;
  static constexpr std::size_t kMaxTexts = 64 * 1024;  // of all commands, with their folders

  void note(CommandMark mark);
  // Oldest first.
  const SmallDeque<LoggedCommand>& commands() const noexcept { return commands_; }
  // How many there were before the oldest.
  std::uint64_t forgotten() const noexcept { return commands_.empty() ? count_ : commands_.front().number - 1; }

  std::string save() const;
  // Bytes may be anything; nothing: they are not what save() gave.
  static std::optional<CommandLog> load(std::string_view bytes);

 private:
  void start(CommandMark& mark);
  void end_running(const CommandMark& mark);
  void add(LoggedCommand command);
  void forget_oldest();
  static std::size_t cost(const LoggedCommand& command, const LoggedCommand* before);

  SmallDeque<LoggedCommand> commands_;
  std::uint64_t count_ = 0;  // of commands that have begun
  std::uint64_t seen_ = 0;   // offset behind the last mark
  std::size_t bytes_ = 0;
};

// A log behind a screen's checkpoint, which the host keeps as one.
std::string with_log(std::string checkpoint, const CommandLog& log);
// Takes it off again; nothing: there is none.
std::optional<CommandLog> take_log(std::string& checkpoint);

}  // namespace ptyd
