// Any bytes as a checkpoint: refused, or a sound terminal that can be saved again. Input: a 0 and a checkpoint; or
// another byte, two of a position, one to change the checkpoint there by, and a program's output to take it of.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/screen/checkpoint.hpp"
#include "daemon/screen/serializer.hpp"

namespace {

using ptyd::screen::Terminal;

constexpr int kRows = 4;
constexpr int kColumns = 12;

void expect(bool condition) {
  if (!condition) std::abort();
}

void expect_sound(const ptyd::screen::Grid& grid) {
  for (int row = 0; row < grid.rows(); ++row) {
    bool wide = false;
    for (const auto& cell : grid.cells(row)) {
      expect(cell.tail() == wide && cell.character() <= 0x10ffff);
      wide = cell.wide();
    }
    expect(!wide);
  }
}

void use(Terminal& terminal) {
  expect_sound(terminal.primary());
  expect_sound(terminal.alternate());
  const auto again = ptyd::screen::load_checkpoint(ptyd::screen::save_checkpoint(terminal));
  expect(again && again->hash() == terminal.hash());
  terminal.feed(
      "\x18text \u4f60e\u0301\x1b[4b\x1b[L\x1b"
      "8\x1b[!p\n\n\n\n\n\n\x1b[?1049l");
  terminal.resize(kRows + 1, kColumns - 3);
  const auto bytes = ptyd::screen::serialize(terminal, {.scrollback_rows = 50, .hidden_screen = true});
  terminal.feed(bytes);
}

std::string changed_checkpoint(std::string_view input) {
  ptyd::screen::TerminalOptions options;
  options.rows = kRows;
  options.columns = kColumns;
  Terminal terminal(options);
  terminal.feed(input.substr(3));
  auto bytes = ptyd::screen::save_checkpoint(terminal);
  const auto position = static_cast<unsigned char>(input[0]) * 256u + static_cast<unsigned char>(input[1]);
  auto& byte = bytes[position % bytes.size()];
  byte = static_cast<char>(byte ^ input[2]);
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto bytes = data[0] == 0 ? std::string(input) : changed_checkpoint(input);
  auto terminal = ptyd::screen::load_checkpoint(bytes);
  // A screen may be as large as the input justifies; one of that size is slow to look at.
  if (terminal && terminal->rows() * terminal->columns() < 10'000) use(*terminal);
  return 0;
}
