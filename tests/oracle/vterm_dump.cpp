// libvterm behind a pipe: the commands of oracle.py that text and cursor need. Its own process, as input can crash it
// or make it loop; whoever feeds it keeps to what known_errors.py says.
#include <vterm.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/oracle/base64.hpp"

namespace ptyd::oracle {
namespace {

struct Free {
  void operator()(VTerm* terminal) const { vterm_free(terminal); }
};

class Vterm {
 public:
  Vterm(int columns, int rows) : terminal_(vterm_new(rows, columns)), screen_(vterm_obtain_screen(terminal_.get())) {
    vterm_set_utf8(terminal_.get(), 1);
    vterm_screen_enable_altscreen(screen_, 1);
    vterm_screen_reset(screen_, 1);
  }
  void feed(std::string_view bytes) { vterm_input_write(terminal_.get(), bytes.data(), bytes.size()); }
  void resize(int columns, int rows) { vterm_set_size(terminal_.get(), rows, columns); }
  std::string state() const;

 private:
  std::string text(int row, int columns) const;

  std::unique_ptr<VTerm, Free> terminal_;
  VTermScreen* screen_;
};

void append_unit(std::string& out, std::uint32_t unit) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += hex[unit >> shift & 15];
}

// What is not printable ASCII as \u escapes.
void append_quoted(std::string& out, std::uint32_t character) {
  if (character >= 0x10000) {
    append_unit(out, 0xd800 + ((character - 0x10000) >> 10));
    append_unit(out, 0xdc00 + ((character - 0x10000) & 0x3ff));
  } else if (character < 0x20 || character > 0x7e || character == '"' || character == '\\') {
    append_unit(out, character);
  } else {
    out += static_cast<char>(character);
  }
}

std::string Vterm::text(int row, int columns) const {
  std::string out;
  for (int column = 0; column < columns; ++column) {
    VTermScreenCell cell;
    vterm_screen_get_cell(screen_, VTermPos{row, column}, &cell);
    const std::span<const std::uint32_t> characters(cell.chars);
    if (characters[0] == 0 || characters[0] == static_cast<std::uint32_t>(-1)) {
      if (characters[0] == 0) out += ' ';  // else it is the second half of a wide character
      continue;
    }
    for (const auto character : characters) {
      if (character == 0) break;
      append_quoted(out, character);
    }
  }
  return out;
}

std::string Vterm::state() const {
  int rows = 0;
  int columns = 0;
  vterm_get_size(terminal_.get(), &rows, &columns);
  VTermPos cursor;
  vterm_state_get_cursorpos(vterm_obtain_state(terminal_.get()), &cursor);
  std::string lines;
  for (int row = 0; row < rows; ++row) lines += (row > 0 ? ",\"" : "\"") + text(row, columns) + '"';
  return "{\"columns\":" + std::to_string(columns) + ",\"rows\":" + std::to_string(rows) + ",\"text\":[" + lines +
         "],\"cursor\":{\"row\":" + std::to_string(cursor.row) + ",\"column\":" + std::to_string(cursor.col) + "}}";
}

std::string answer(std::map<std::string, Vterm>& terminals, const std::string& line) {
  std::istringstream words(line);
  std::string name;
  std::string id;
  words >> name >> id;
  int columns = 0;
  int rows = 0;
  if (name == "new") {
    words >> columns >> rows;
    terminals.try_emplace(id, columns, rows);
    return "{}";
  }
  const auto found = terminals.find(id);
  if (found == terminals.end()) throw std::runtime_error("there is no terminal " + id);
  if (name == "state") return found->second.state();
  if (name == "feed") {
    std::string data;
    words >> data;
    found->second.feed(from_base64(data));
  } else if (name == "resize") {
    words >> columns >> rows;
    found->second.resize(columns, rows);
  } else if (name == "close") {
    terminals.erase(found);
  } else {
    throw std::runtime_error("there is no command " + name);
  }
  return "{}";
}

}  // namespace
}  // namespace ptyd::oracle

int main() {
  std::ios::sync_with_stdio(false);
  std::map<std::string, ptyd::oracle::Vterm> terminals;
  std::string line;
  while (std::getline(std::cin, line)) {
    try {
      std::cout << ptyd::oracle::answer(terminals, line) << std::endl;
    } catch (const std::exception& error) {
      std::cout << R"({"error":")" << error.what() << "\"}" << std::endl;
    }
  }
  return EXIT_SUCCESS;
}
