// Makes a program's output safe to print as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ptyd {

// Drops escape sequences and controls but newline and tab, turns CR LF into one newline and what is no UTF-8, and C1
// controls, into U+FFFD. Cut anywhere, the result is the same. Never grows with its input: a string sequence that
// does not end in 64 KiB is given up, and so are bytes that can't belong to the sequence they are in.
class PlainTextFilter {
 public:
  // The text for `bytes` and for what was held back before.
  std::string feed(std::string_view bytes);
  // At the end of the output: U+FFFD for a character that was cut, else nothing.
  std::string finish();

 private:
  enum class State { ground, escape, escape_intermediate, csi, string, string_escape };

  void take(unsigned char byte, std::string& out);
  void take_ground(unsigned char byte, std::string& out);
  void take_escape(unsigned char byte, std::string& out);
  void take_csi(unsigned char byte, std::string& out);
  void take_string(unsigned char byte);
  void continue_character(unsigned char byte, std::string& out);
  void finish_character(std::string& out);

  State state_ = State::ground;
  bool bell_ends_ = false;  // OSC: BEL ends it, too
  std::size_t string_bytes_ = 0;
  std::string character_;  // a character's bytes so far
  std::size_t character_size_ = 0;
};

}  // namespace ptyd
