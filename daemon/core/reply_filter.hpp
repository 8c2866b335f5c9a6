// Tells what a terminal answers by itself from what somebody types.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ptyd {

// Input of one attachment, cut into what is to be typed and what is a terminal's answer to a program's question;
// docs/decisions/0012 lists the shapes. Bounded: holds back at most kMaxHeld bytes, and not beyond deadline().
class ReplyFilter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMaxHeld = 1024;
  // How long the beginning of an answer is held back. A single ESC never is: it is a key.
  static constexpr std::chrono::milliseconds kHold{50};

  struct Piece {
    bool answer = false;
    std::string bytes;
  };

  // `position_asked`: the program has asked for the cursor's position lately, so CSI 1 ; 5 R is an answer, not F3 with
  // Ctrl.
  std::vector<Piece> feed(std::string_view input, TimePoint now, bool position_asked);
  // When what is held is to be typed after all.
  std::optional<TimePoint> deadline() const noexcept { return deadline_; }
  std::vector<Piece> tick(TimePoint now);

  // What is held, so that another filter can go on.
  struct Held {
    std::string bytes;
    std::size_t sent = 0;
    std::optional<TimePoint> until;
  };
  Held held() const { return {held_, sent_, deadline_}; }
  void resume(Held held);

 private:
  void step(char byte, bool position_asked, std::vector<Piece>& pieces);
  void release(std::size_t bytes, bool answer, std::vector<Piece>& pieces);

  std::string held_;      // begins with ESC
  std::size_t sent_ = 0;  // of held_, typed already
  std::optional<TimePoint> deadline_;
};

}  // namespace ptyd
