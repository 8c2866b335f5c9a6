// What somebody waits for on one session's screen.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/line_pattern.hpp"
#include "daemon/core/wait_progress.hpp"
#include "daemon/screen/terminal.hpp"
#include "daemon/session/new_lines.hpp"

namespace ptyd {

// A condition that held.
struct WatchHit {
  std::size_t condition = 0;
  std::uint64_t offset = 0;  // it held when the output before this was on the screen
  std::string text;          // of text and match
  std::string line;
  std::optional<std::int32_t> exit_code;  // of command
  bool incomplete = false;                // some output since the offset asked for was gone
};

// Output that is kept; it may begin later than asked for.
struct PastOutput {
  std::uint64_t offset = 0;
  std::string bytes;
};
using ReadPast = std::function<PastOutput(std::uint64_t offset, std::size_t max)>;

// The conditions of one wait. Those that only count new output have a terminal of their own: the screen as it was, but
// blank, so that what it shows has come since. It is made when output comes: waiting costs nothing while there is none.
// Thread: of whoever has the screen; on_hit() is called by the session on the loop.
class ScreenWatch {
 public:
  using Time = WaitProgress::Time;
  using OnHit = std::function<void(WatchHit)>;

  struct Spec {
    std::vector<WaitCondition> conditions;
    std::vector<std::optional<LinePattern>> patterns;  // one for each condition; of text and match
    std::uint64_t begin = 0;  // it begins when the output before this is on the screen
    bool only_new = false;    // text, commands: only what comes from `begin` on counts
  };

  ScreenWatch(Spec spec, Time start, OnHit on_hit);

  std::uint64_t begin() const noexcept { return spec_.begin; }
  bool begun() const noexcept { return begun_; }
  bool done() const noexcept { return progress_.done(); }
  // Whether it wants to be told the lines of the session's screen itself.
  bool wants_lines() const noexcept { return begun_ && !spec_.only_new && progress_.wants_lines(); }
  bool wants_hash() const noexcept { return begun_ && progress_.wants_hash(); }
  // Whether its own terminal is to be fed with what comes to the screen.
  bool follows() const noexcept { return begun_ && spec_.only_new && (progress_.wants_lines() || progress_.wants_commands()); }
  std::optional<Time> due() const noexcept { return begun_ ? progress_.due() : std::nullopt; }
  std::uint64_t cost() const noexcept { return cost_; }
  const OnHit& on_hit() const noexcept { return on_hit_; }

  // The screen has come to begin() or is beyond.
  void start(const screen::Terminal& terminal);
  // For those that follow: output is about to come to the screen, and has come, when it was not behind.
  void before_output(const screen::Terminal& terminal);
  void output(std::string_view bytes, bool hold);
  bool behind(const screen::Terminal& terminal) const noexcept {
    return follows() && own_ != nullptr && own_->offset() < terminal.offset();
  }
  // Its own terminal was where the screen was before the last `bytes`.
  bool in_step(const screen::Terminal& terminal, std::size_t bytes) const noexcept {
    return follows() && own_ != nullptr && own_->offset() + bytes == terminal.offset();
  }
  // Reads past output, up to where the screen is at most.
  void catch_up(const screen::Terminal& terminal, const ReadPast& read, std::size_t max);
  // A line of the session's screen, which `lines` has.
  void look_at(const std::string& line, const NewLines* lines, std::uint64_t offset);
  // `hash` if wants_hash(). `hold`: the program is in the middle of an update.
  void look(const screen::Terminal& terminal, std::uint64_t hash, bool hold, Time now);

  std::vector<WatchHit> take_hits() noexcept { return std::exchange(hits_, {}); }

 private:
  // Of past output, at once.
  static constexpr std::size_t kPiece = 4096;

  void look_at_own(bool hold);
  void look_at_commands(const screen::Terminal& terminal);
  void hit(WatchHit hit);

  Spec spec_;
  WaitProgress progress_;
  OnHit on_hit_;
  bool begun_ = false;
  bool incomplete_ = false;
  std::uint64_t cost_ = 0;
  std::uint64_t commands_ = 0;  // that had ended when it began
  std::unique_ptr<screen::Terminal> own_;
  NewLines own_lines_;
  std::vector<WatchHit> hits_;
};

}  // namespace ptyd
