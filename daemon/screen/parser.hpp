// Takes a terminal's byte stream apart: text, controls, escape sequences. It knows nothing of what they mean.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ptyd::screen {

// The parameters of a control sequence, in one row: a subparameter ("38:2:...") is an entry that has `sub` set.
struct Parameters {
  static constexpr std::size_t kMax = 32;  // further ones are dropped
  struct Value {
    std::uint16_t number = 0;  // saturates at 65535
    bool given = false;        // false: empty
    bool sub = false;
  };
  std::array<Value, kMax> values{};
  std::uint8_t count = 0;  // "CSI m" has 0, "CSI ;m" has 2
  bool subs = false;       // some have `sub` set

  // The number at `index`, `otherwise` when it is absent or empty.
  std::uint32_t at(std::size_t index, std::uint32_t otherwise) const noexcept {
    return index < count && values[index].given ? values[index].number : otherwise;
  }
  // The same, where 0 means the default too, as for counts and positions.
  std::uint32_t at_least_1(std::size_t index) const noexcept {
    const auto value = at(index, 1);
    return value == 0 ? 1 : value;
  }
};

// ESC [ prefix parameters intermediates final, and the same for DCS.
struct Sequence {
  char prefix = 0;  // one of < = > ? or 0
  Parameters parameters;
  std::array<char, 2> intermediates{};  // 0: none; a sequence with more of them is passed over
  char final = 0;

  // Final with its first intermediate, for switches: key('p', '$').
  static constexpr std::uint16_t key(char final, char intermediate = 0) noexcept {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(intermediate) << 8 |
                                      static_cast<unsigned char>(final));
  }
  std::uint16_t key() const noexcept { return key(final, intermediates[0]); }
};

// What the parser finds, in order. Views are valid during the call, in which the parser must be left alone.
class ParserHandler {
 public:
  virtual void print_ascii(std::string_view text) = 0;  // bytes 0x20 to 0x7e, at least one
  virtual void print(char32_t character) = 0;           // from U+00A0 on; U+FFFD for what is not UTF-8
  virtual void control(char control) = 0;               // C0 but ESC, CAN, SUB; NUL and DEL are passed over
  // Text right behind a line feed. Returns how many bytes of whole lines at its beginning, plain text with CR LF behind
  // it, were dealt with here; the rest comes as usual.
  virtual std::size_t lines(std::string_view /*text*/) { return 0; }
  // Text right behind ESC [. Returns how long the sequence is that ends there when it was dealt with here; 0: it comes as
  // usual.
  virtual std::size_t looks(std::string_view /*text*/) { return 0; }
  virtual void escape(char intermediate, char final) = 0;  // ESC [intermediate] final; intermediate 0: none
  virtual void csi(const Sequence& sequence) = 0;
  // The whole string, terminated by BEL (`bel`) or ST.
  virtual void osc(std::string_view text, bool bel) = 0;
  // A whole device control string of at most Parser::kMaxDcs bytes; longer ones are passed over.
  virtual void dcs(const Sequence& sequence, std::string_view data) = 0;

 protected:
  ParserHandler() = default;
  ParserHandler(const ParserHandler&) = default;
  ParserHandler& operator=(const ParserHandler&) = default;
  ~ParserHandler() = default;
};

// Pieces may be cut anywhere. Bounded in memory whatever it is fed. UTF-8 only: bytes 0x80 to 0x9f are no controls but
// parts of characters, or invalid; U+0080..9F, encoded, are passed over.
// A character within an escape or control sequence breaks it off and is lost with it, as in xterm. ESC that does not
// begin ST ends a string, too, which is then not delivered, as with CAN and SUB.
// Source: Paul Williams' state machine (vt100.net/emu/dec_ansi_parser); Unicode 16, table 3-7 and the practice of
// U+FFFD for each maximal subpart of an ill-formed sequence.
class Parser {
 public:
  static constexpr std::size_t kMaxOsc = 64 * 1024;          // longer ones are passed over
  static constexpr std::size_t kMaxClipboard = 1024 * 1024;  // OSC 52
  static constexpr std::size_t kMaxDcs = 4096;

  void feed(std::string_view bytes, ParserHandler& handler);
  void reset() { *this = Parser(); }
  // Nothing is half done.
  bool ground() const noexcept { return state_ == State::ground && utf8_have_ == 0; }
  // Within escape(), csi(), osc() and dcs(): bytes of this feed() up to the end of the sequence.
  std::size_t position() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
  // Bytes that bring a fresh parser into the same state; empty in ground().
  std::string pending() const;

 private:
  enum class State : std::uint8_t {
    ground,
    escape,
    escape_intermediate,
    csi_entry,  // a prefix may come
    csi_parameter,
    csi_intermediate,
    csi_ignore,
    dcs_entry,
    dcs_parameter,
    dcs_intermediate,
    dcs_data,
    dcs_ignore,
    osc,
    osc_ignore,
    string_ignore,  // SOS, PM, APC
  };

  // No OSC that means anything begins so: with it, one that is passed over has a short form.
  static constexpr char kOscNothing = '!';

  // Each of these eats bytes of [p, end) while its state lasts and returns where it stopped; p != end.
  const char* step(const char* p, const char* end, ParserHandler& handler);
  const char* text(const char* p, const char* end, ParserHandler& handler);
  const char* character(const char* p, const char* end, ParserHandler& handler);
  const char* partial_character(const char* p, const char* end, ParserHandler& handler);
  const char* escape(const char* p, ParserHandler& handler);
  const char* parameters(const char* p, const char* end, ParserHandler& handler);
  const char* after_parameters(const char* p, const char* end, ParserHandler& handler);
  const char* csi_ignore(const char* p, const char* end, ParserHandler& handler);
  const char* string(const char* p, const char* end, ParserHandler& handler);

  // What a byte does that is a control, DEL or no ASCII, within a sequence.
  const char* interrupt(const char* p, const char* end, ParserHandler& handler);
  void string_control(char c, ParserHandler& handler);
  void begin_escape() noexcept;
  void begin_sequence(State entry) noexcept;
  void begin_string(State state);
  void escape_final(char c, ParserHandler& handler);
  void commit_parameter(std::uint32_t number, bool given) noexcept;
  void append(std::string_view bytes);
  void finish_string(bool bel, ParserHandler& handler);
  void release_text();
  bool parameter_begun() const noexcept { return number_given_ || sequence_.parameters.count > 0; }
  bool in_dcs_header() const noexcept { return state_ >= State::dcs_entry && state_ <= State::dcs_intermediate; }
  void append_header(std::string& out) const;

  const char* begin_ = nullptr;  // of what feed() reads
  const char* at_ = nullptr;     // behind the last byte of a sequence
  State state_ = State::ground;
  bool string_escape_ = false;  // ESC inside a string: half of ST, or its end by another sequence
  bool swallow_ = false;        // the partial character broke a sequence off and is lost with it
  std::uint8_t utf8_have_ = 0;
  std::array<unsigned char, 3> utf8_{};
  std::uint8_t intermediates_ = 0;  // of ESC sequences only the first is kept, 2: two or more
  // The parameter that is being read; committed at its end. Values behind parameters.count are left over from before.
  bool number_given_ = false;
  bool number_sub_ = false;
  std::uint32_t number_ = 0;
  Sequence sequence_;
  std::string text_;  // OSC or DCS text so far
};

}  // namespace ptyd::screen
