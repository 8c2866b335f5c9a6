// The parser of the screen engine: however a stream is cut, and whoever goes on from pending(), it finds the same; and
// it keeps no more than its limits.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/screen/parser.hpp"

namespace {

using ptyd::screen::Parser;
using ptyd::screen::Sequence;

// pending() is at most the longest text, a header of 32 numbers, and ESC.
constexpr std::size_t kMaxPending = Parser::kMaxClipboard + 512;
// Bytes fed for one input, by about four.
constexpr std::size_t kMaxFed = 4096;

void expect(bool condition) {
  if (!condition) std::abort();
}

// Everything found, as one line of bytes; how runs of ASCII were cut is not in it.
class Recorder final : public ptyd::screen::ParserHandler {
 public:
  std::string found;

  void print_ascii(std::string_view text) override {
    expect(!text.empty());
    for (const char c : text) expect(c >= 0x20 && c < 0x7F);
    found += text;
  }
  void print(char32_t character) override {
    expect(character >= 0xA0 && character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF));
    add('p', std::to_string(static_cast<std::uint32_t>(character)));
  }
  void control(char control) override {
    expect(control > 0 && control < 0x20 && control != 0x18 && control != 0x1A && control != 0x1B);
    add('c', {&control, 1});
  }
  void escape(char intermediate, char final) override {
    expect(final >= 0x30 && final < 0x7F && (intermediate == 0 || (intermediate >= 0x20 && intermediate <= 0x2F)));
    add('e', std::string{intermediate, final});
  }
  void csi(const Sequence& sequence) override { add('s', text(sequence)); }
  void osc(std::string_view text, bool bel) override {
    expect(text.size() <= Parser::kMaxOsc || (text.size() <= Parser::kMaxClipboard && text.substr(0, 3) == "52;"));
    add(bel ? 'b' : 'o', text);
  }
  void dcs(const Sequence& sequence, std::string_view data) override {
    expect(data.size() <= Parser::kMaxDcs);
    add('d', text(sequence));
    add('d', data);
  }

 private:
  void add(char kind, std::string_view text) {
    found.append({'\0', kind}).append(std::to_string(text.size())).append({'\0'}).append(text);
  }

  static std::string text(const Sequence& sequence) {
    expect(sequence.final >= 0x40 && sequence.final < 0x7F);
    expect(sequence.parameters.count <= ptyd::screen::Parameters::kMax);
    std::string out{sequence.prefix, sequence.intermediates[0], sequence.intermediates[1], sequence.final};
    for (std::size_t i = 0; i < sequence.parameters.count; ++i) {
      const auto& value = sequence.parameters.values[i];
      expect(value.given || value.number == 0);
      expect(!value.sub || i > 0);
      out.append(value.sub ? ":" : ";").append(value.given ? std::to_string(value.number) : "");
    }
    return out;
  }
};

void check_cut(std::string_view stream, std::size_t cut, const std::string& whole) {
  Parser parser;
  Recorder recorder;
  parser.feed(stream.substr(0, cut), recorder);
  const std::string pending = parser.pending();
  expect(pending.size() <= kMaxPending);
  expect(pending.empty() == parser.ground());

  Parser other;
  Recorder other_recorder = recorder;
  other.feed(pending, other_recorder);
  expect(other_recorder.found == recorder.found);
  expect(other.pending() == pending);

  parser.feed(stream.substr(cut), recorder);
  other.feed(stream.substr(cut), other_recorder);
  expect(recorder.found == whole);
  expect(other_recorder.found == whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  Parser parser;
  Recorder recorder;
  parser.feed(stream, recorder);

  Parser bytewise;
  Recorder bytewise_recorder;
  for (const char c : stream) bytewise.feed({&c, 1}, bytewise_recorder);
  expect(bytewise_recorder.found == recorder.found);
  expect(bytewise.pending() == parser.pending());

  // Every cut of short inputs; of long ones so few that the bytes fed stay bounded.
  const std::size_t step = 1 + size * size / kMaxFed;
  for (std::size_t cut = size % step; cut <= size; cut += step) check_cut(stream, cut, recorder.found);
  return 0;
}
