// All that is waited for on one session's screen.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/session/screen_watch.hpp"

namespace ptyd {

// Is told what output comes to the screen, and looks only at what is new. While somebody waits for lines, output is
// taken in small pieces. Thread: of whoever has the screen. Whatever throws does so before the screen was fed, or leaves
// it as it is.
class ScreenWatches {
 public:
  using Time = ScreenWatch::Time;
  using WatchPtr = std::shared_ptr<ScreenWatch>;

  // How long the end of an update that the program wants shown as one (mode 2026) is waited for.
  static constexpr std::chrono::milliseconds kHold{150};

  struct Hit {
    WatchPtr watch;
    WatchHit hit;
  };

  bool empty() const noexcept { return watches_.empty(); }
  void add(WatchPtr watch) { watches_.push_back(std::move(watch)); }
  // The same, and looks at the screen for it alone. The screen has seen all output.
  void add_now(const WatchPtr& watch, const screen::Terminal& terminal, Time now);
  void remove(const WatchPtr& watch) { std::erase(watches_, watch); }
  // How much a byte of output costs, about: steps of all patterns.
  std::uint64_t cost() const noexcept;

  // Output is about to be fed to the screen: returns how many of `bytes` may be, at once.
  std::size_t before_output(const screen::Terminal& terminal, std::size_t bytes, Time now);
  // It was, in up to two parts.
  void output(const screen::Terminal& terminal, std::string_view first, std::string_view second, Time now);
  // Some have to read past output.
  bool behind(const screen::Terminal& terminal) const noexcept;
  void catch_up(const screen::Terminal& terminal, const ReadPast& read, std::size_t max);
  // There is no more output at the moment.
  void look(const screen::Terminal& terminal, Time now);
  // The screen is another one now, which goes on at a later offset.
  void start_over() noexcept {
    lines_.forget();
    hash_generation_ = 0;
  }
  // When to look again though no output comes.
  std::optional<Time> due() const noexcept;

  // What held since the last call. Those that wait for nothing more are forgotten.
  std::vector<Hit> take_hits();

 private:
  bool hold(const screen::Terminal& terminal, Time now);
  void start_those_due(const screen::Terminal& terminal);
  void start(ScreenWatch& watch, const screen::Terminal& terminal);
  std::uint64_t hash(const screen::Terminal& terminal);
  void look_at_lines(const screen::Terminal& terminal);
  bool wanted_lines() const noexcept;

  std::vector<WatchPtr> watches_;
  NewLines lines_;
  std::optional<Time> hold_until_;  // while an update is on
  bool holds_ = false;
  std::uint64_t hash_ = 0;
  std::uint64_t hash_generation_ = 0;
};

}  // namespace ptyd
