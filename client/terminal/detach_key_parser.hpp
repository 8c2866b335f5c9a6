// Finds the detach key in what the user types. Pure: time is a parameter.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/terminal/detach_keys.hpp"

namespace ptyd {

// Understands the key as a raw byte, as CSI code;modifiers u (kitty, xterm's formatOtherKeys) with lock bits
// and event types, and as CSI 27;modifiers;code ~ (modifyOtherKeys), cut anywhere. Inside a bracketed paste it
// is data. Everything else comes out unchanged and in order.
//
// A detach key of one chord is held for `double_press`: pressed again in that time, one press goes to the
// program; anything else, or the end of the time, detaches. Of a longer sequence each chord is held for
// `sequence` and comes out when the next one doesn't follow; the last one detaches at once.
//
// Owned by the attach loop, which calls tick() at deadline(). Thread: one.
class DetachKeyParser {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Timing {
    std::chrono::milliseconds escape{50};         // how long the beginning of an escape sequence is held
    std::chrono::milliseconds double_press{250};  // below the shortest usual delay of automatic repeat
    std::chrono::milliseconds sequence{500};
  };

  struct Output {
    std::string forward;  // for the session
    bool detach = false;  // the attachment is over: whatever was typed behind the key is dropped
  };

  // Without keys everything is passed on.
  explicit DetachKeyParser(std::optional<DetachKeys> keys) : DetachKeyParser(std::move(keys), Timing()) {}
  DetachKeyParser(std::optional<DetachKeys> keys, Timing timing);

  Output feed(std::string_view bytes, TimePoint now);
  // Lets go of what was held too long.
  Output tick(TimePoint now);
  // When tick() must be called; nothing while nothing is held.
  std::optional<TimePoint> deadline() const;

 private:
  enum class KeyEvent { none, press, repeat, release };

  // A pressed chord of the sequence, and what belongs to it: repeats, its release, keys that are only modifiers.
  struct HeldKey {
    std::string press;
    std::string rest;
  };

  void take_byte(char byte, Output& out, TimePoint now);
  void take_pasted_byte(char byte, Output& out);
  void take_escape_byte(char byte, Output& out, TimePoint now);
  void finish_partial(Output& out, TimePoint now);
  void take_key(std::string token, Output& out, TimePoint now);
  void take_single_key(std::string token, Output& out, TimePoint now);
  void take_sequence_key(std::string token, Output& out, TimePoint now);
  void restart_sequence(std::string token, Output& out, TimePoint now);
  static KeyEvent match(std::string_view token, const KeyChord& chord);
  TimePoint held_until() const;

  std::optional<DetachKeys> keys_;
  Timing timing_;
  std::string partial_;  // the beginning of an escape sequence
  TimePoint partial_since_{};
  bool pasting_ = false;
  std::size_t paste_end_matched_ = 0;  // bytes of CSI 201~ at the end of what was pasted
  unsigned mouse_bytes_ = 0;           // bytes of an X10 mouse report that are still to come
  std::vector<HeldKey> held_;          // in the order of the chords
  TimePoint held_since_{};
};

}  // namespace ptyd
