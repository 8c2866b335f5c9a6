// The answers of a session's screen model, in order, on their way to the program.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/small_deque.hpp"

namespace ptyd {

// A colour that a terminal was asked for: an index of its palette, or 256 + n for OSC n, n from 10 to 12.
using ColorKey = std::uint16_t;

// The colour that OSC `key` names in a terminal's answer (ESC ] 11 ; rgb:... ST), as rgb:RRRR/GGGG/BBBB.
struct ColorAnswer {
  ColorKey key = 0;
  std::string color;
};
std::optional<ColorAnswer> parse_color_answer(std::string_view answer);

// Answers wait for the ones before them. A colour that nobody has told yet may wait for an attached terminal to tell
// it. Source: docs/decisions/0012. Bounded: kMaxBytes.
class AnswerQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMaxBytes = 64 * 1024;  // beyond, nothing waits
  static constexpr std::chrono::milliseconds kColorWait{250};

  void push(std::string answer);
  // A colour that is the terminal's own: `answer` is the model's, used when nothing better is known at `deadline`.
  void push_color(std::string answer, std::optional<TimePoint> deadline);
  // An attached terminal has told a colour.
  void learn(const ColorAnswer& color);
  // What can be typed now.
  std::string take(TimePoint now);
  // When take() gives more, if nothing is learned before.
  std::optional<TimePoint> deadline() const noexcept;
  bool empty() const noexcept { return waiting_.empty(); }
  // What attached terminals have told, to be learned by another queue.
  const std::map<ColorKey, std::string>& colors() const noexcept { return colors_; }

 private:
  struct Waiting {
    std::string answer;
    std::optional<ColorKey> color;
    std::optional<TimePoint> deadline;
  };
  void add(Waiting waiting);

  SmallDeque<Waiting> waiting_;
  std::size_t bytes_ = 0;
  std::map<ColorKey, std::string> colors_;
};

}  // namespace ptyd
