// Takes a terminal's byte stream apart into text, controls and escape sequences (ECMA-48, and xterm's
// control sequences), without an idea of what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ptyd {

// ESC [ prefix parameters intermediates final.
struct CsiSequence {
  char prefix = 0;  // one of < = > ? or 0
  std::string_view parameters;
  std::string_view intermediates;
  char final = 0;

  // The parameter at `index`, or `otherwise` when it is absent or empty. Subparameters are left out; a value
  // beyond 65535 is 65535.
  std::uint32_t parameter(std::size_t index, std::uint32_t otherwise) const noexcept;
};

enum class StringKind : std::uint8_t { osc, dcs, sos, pm, apc };

// What the parser finds, in order. Views are valid during the call.
class TerminalEvents {
 public:
  // Printable ASCII and whole well-formed UTF-8 characters from U+00A0 on.
  virtual void on_text(std::string_view) {}
  // A byte from 0x80 on that is no part of well-formed UTF-8.
  virtual void on_stray(std::uint8_t) {}
  // C0 and DEL, but for ESC, CAN and SUB. Inside a sequence they act before it, as on a terminal.
  virtual void on_control(char) {}
  virtual void on_escape(std::string_view /*intermediates*/, char /*final*/) {}
  virtual void on_csi(const CsiSequence&) {}
  // A terminated control string of at most TerminalParser::kMaxString bytes.
  virtual void on_string(StringKind, std::string_view) {}

 protected:
  TerminalEvents() = default;
  TerminalEvents(const TerminalEvents&) = default;
  TerminalEvents& operator=(const TerminalEvents&) = default;
  ~TerminalEvents() = default;
};

// Pieces may be cut anywhere. Sequences that are malformed, cancelled or longer than the bounds are passed
// over. U+0080..9F count as the C1 controls that they are; raw bytes 0x80..9F do not, since text in UTF-8 or an
// old character set has them.
class TerminalParser {
 public:
  static constexpr std::size_t kMaxSequence = 1024;
  static constexpr std::size_t kMaxString = 8192;

  void feed(std::string_view bytes, TerminalEvents& events);
  void reset();
  // How many of the last bytes fed are an unfinished sequence or character.
  std::size_t unfinished() const noexcept { return unfinished_; }

 private:
  enum class State : std::uint8_t { ground, escape, csi, csi_ignore, string, string_escape };

  void step(std::uint8_t byte, TerminalEvents& events);
  void dispatch(std::uint8_t byte, TerminalEvents& events);
  void character(TerminalEvents& events);
  void stray(std::uint8_t byte, TerminalEvents& events);
  void in_escape(std::uint8_t byte, TerminalEvents& events);
  void in_csi(std::uint8_t byte, TerminalEvents& events);
  void in_string(std::uint8_t byte, TerminalEvents& events);
  void begin_string(StringKind kind);
  void end_string(TerminalEvents& events);
  void keep(std::uint8_t byte);
  void finish_csi(char final, TerminalEvents& events);

  State state_ = State::ground;
  StringKind kind_ = StringKind::osc;
  bool overflow_ = false;  // of kept_
  std::string kept_;       // of the sequence or string so far
  std::size_t unfinished_ = 0;
  std::string utf8_;  // of the character so far
};

}  // namespace ptyd
