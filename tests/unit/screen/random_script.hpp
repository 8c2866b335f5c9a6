// Programs' output made up at random: every control function, all of it legal and some of it not. The same seed gives
// the same script everywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ptyd::screen::test {

// Bytes, or a new size when `rows` is not 0.
struct Step {
  std::string bytes;
  int rows = 0;
  int columns = 0;
};
using Script = std::vector<Step>;

struct ScriptOptions {
  int rows = 8;
  int columns = 20;
  int steps = 60;
  bool resizes = true;
  bool tails = true;  // sequences that are never finished
};

class RandomScript {
 public:
  explicit RandomScript(std::uint64_t seed, ScriptOptions options = {}) : state_(seed), options_(options) {}

  Script script() {
    Script steps;
    for (int i = 0; i < options_.steps; ++i) {
      if (options_.resizes && chance(25)) {
        options_.rows = below(3) == 0 ? 2 + below(40) : 2 + below(12);
        options_.columns = below(3) == 0 ? 2 + below(90) : 2 + below(30);
        steps.push_back({"", options_.rows, options_.columns});
      } else {
        steps.push_back({operation()});
      }
    }
    return steps;
  }
  std::string bytes() {
    std::string out;
    for (int i = 0; i < options_.steps; ++i) out += operation();
    return out;
  }

  // SplitMix64.
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    auto z = state_;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }
  int below(int limit) { return static_cast<int>(next() % static_cast<std::uint64_t>(limit)); }
  bool chance(int one_in) { return below(one_in) == 0; }

  std::string operation() {
    switch (below(26)) {
      case 0:
      case 1:
      case 2:
      case 3: return words();
      case 4: return long_line();
      case 5: return wide();
      case 6: return joined();
      case 7: return control();
      case 8: return lines();
      case 9:
      case 10: return move();
      case 11:
      case 12: return erase();
      case 13: return shift();
      case 14:
      case 15: return sgr();
      case 16: return margins();
      case 17: return mode();
      case 18: return save_or_restore();
      case 19: return charset();
      case 20: return link_or_protection();
      case 21: return osc();
      case 22: return keyboard();
      case 23: return tab();
      case 24: return escape();
      default: return rare();
    }
  }

 private:
  template <std::size_t N>
  std::string one_of(const std::array<std::string_view, N>& choices) {
    return std::string(choices[static_cast<std::size_t>(below(static_cast<int>(N)))]);
  }
  static std::string csi(const std::string& rest) { return "\x1b[" + rest; }
  std::string number(int limit) { return std::to_string(below(limit + 1)); }
  std::string row() { return number(options_.rows + 2); }
  std::string column() { return number(options_.columns + 2); }
  // Mostly small, now and then none, 0 or far too many.
  std::string count() {
    if (chance(4)) return "";
    if (chance(30)) return one_of<3>({"99999", "65536", "4294967297"});
    return number(5);
  }

  std::string word() {
    std::string out;
    for (int i = 1 + below(7); i > 0; --i) out += static_cast<char>(chance(6) ? 0x20 + below(95) : 'a' + below(26));
    return out;
  }
  std::string words() {
    std::string out;
    for (int i = 1 + below(4); i > 0; --i) out += word() + (chance(4) ? "" : " ");
    return out;
  }
  std::string long_line() {
    std::string out;
    const int length = options_.columns * (1 + below(3)) + below(3) - 1;
    while (static_cast<int>(out.size()) < length) out += static_cast<char>('A' + below(26));
    return out;
  }
  std::string wide() {
    std::string out;
    for (int i = 1 + below(options_.columns); i > 0; --i)
      out += one_of<6>({"\u4f60", "\u597d", "\u30c6", "\uff21", "\u3000", "x"});
    return out;
  }
  std::string joined() {
    std::string out;
    for (int i = 1 + below(5); i > 0; --i) {
      out += one_of<22>({"e\u0301",
                         "o\u0308\u0323",
                         "\u0301",
                         "\U0001F600",
                         "\u2764\uFE0F",
                         "\u2764",
                         "\U0001F44D\U0001F3FD",
                         "\U0001F468\u200D\U0001F469\u200D\U0001F467",
                         "\U0001F1EF\U0001F1F5",
                         "\U0001F1EF",
                         "\u200d",
                         "\uFE0F",
                         "\u0e01\u0e33",
                         "\u1100\u1161\u11a8",
                         "\u0915\u094d\u0937",
                         "\u00ad",
                         "\u200b",
                         "1\uFE0F\u20E3",
                         "\u00e9\u2500\u2588",
                         "\ufffd",
                         "\xff",
                         "\xe4\xb8"});
    }
    return out;
  }
  std::string control() { return one_of<9>({"\b", "\t", "\n", "\v", "\f", "\r", "\a", "\b\b\b", "\r\n"}); }
  std::string lines() {
    std::string out;
    for (int i = 1 + below(options_.rows + 2); i > 0; --i) out += (chance(3) ? words() : "") + "\r\n";
    return out;
  }
  std::string move() {
    switch (below(5)) {
      case 0: return csi(row() + ";" + column() + one_of<2>({"H", "f"}));
      case 1: return csi(column() + one_of<3>({"G", "`", "a"}));
      case 2: return csi(row() + one_of<2>({"d", "e"}));
      case 3: return csi(column() + "G") + words();  // text in the middle of a row
      default: return csi(count() + one_of<8>({"A", "B", "C", "D", "E", "F", "I", "Z"}));
    }
  }
  std::string erase() {
    switch (below(5)) {
      case 0: return csi(number(2) + "J");
      case 1: return csi(count() + "X");
      case 2: return csi("?" + number(2) + one_of<2>({"J", "K"}));
      case 3: return chance(8) ? csi("3J") : csi(column() + "G\x1b[K");
      default: return csi(number(2) + "K");
    }
  }
  std::string shift() {
    switch (below(5)) {
      case 0: return csi(count() + one_of<2>({"'}", "'~"}));
      case 1: return (chance(2) ? word() : "") + csi(count() + "b");
      case 2: return csi(count() + one_of<2>({" @", " A"}));
      default: return csi(count() + one_of<6>({"@", "P", "L", "M", "S", "T"}));
    }
  }
  std::string color() {
    const auto rgb = [this] { return number(255) + ";" + number(255) + ";" + number(255); };
    switch (below(6)) {
      case 0: return std::to_string(30 + below(10));
      case 1: return std::to_string(40 + below(10));
      case 2: return std::to_string((chance(2) ? 90 : 100) + below(8));
      case 3: return one_of<3>({"38", "48", "58"}) + ";5;" + number(255);
      case 4: return one_of<3>({"38", "48", "58"}) + ";2;" + rgb();
      default: return one_of<3>({"58:2::1:2:3", "38:5:200", "48:2:9:8:7"});
    }
  }
  std::string sgr() {
    std::string out;
    for (int i = 1 + below(3); i > 0; --i) {
      if (!out.empty()) out += ';';
      switch (below(5)) {
        case 0: out += std::to_string(1 + below(9)); break;
        case 1: out += std::to_string(21 + below(9)); break;
        case 2: out += one_of<9>({"4:0", "4:1", "4:2", "4:3", "4:4", "4:5", "53", "55", "59"}); break;
        default: out += color(); break;
      }
    }
    return csi((chance(6) ? "" : out) + "m") + (chance(2) ? words() : "");
  }
  std::string margins() {
    switch (below(5)) {
      case 0: return csi("r");
      case 1: return csi(chance(2) ? "?69h" : "?69l");
      case 2: return csi(column() + ";" + column() + "s");
      default: return csi(row() + ";" + row() + "r");
    }
  }
  std::string mode() {
    const std::string set = chance(2) ? "h" : "l";
    if (chance(5)) return csi(one_of<2>({"4", "20"}) + set);
    return csi("?" + one_of<28>({"1",    "5",    "6",    "6",    "7",    "12",   "25",   "41",      "45",   "66",
                                 "1045", "9",    "1000", "1002", "1003", "1005", "1006", "1015",    "1016", "1004",
                                 "1007", "2004", "2026", "2027", "2027", "2031", "2048", "1;2004;6"}) +
               set);
  }
  std::string save_or_restore() {
    return one_of<14>({"\x1b\x37", "\x1b\x38", "\x1b\x37", "\x1b\x38", "\x1b[s", "\x1b[u", "\x1b[?1049h", "\x1b[?1049l",
                       "\x1b[?47h", "\x1b[?47l", "\x1b[?1047h", "\x1b[?1047l", "\x1b[?1048h", "\x1b[?1048l"});
  }
  std::string charset() {
    return one_of<14>({"\x1b(0lqqk", "\x1b(B", "\x1b)0", "\x1b*0", "\x1b+A", "\x1b(A#", "\x0e", "\x0f", "\x1bn",
                       "\x1bo", "\x1bNa", "\x1bOb", "\x1bN", "\x1b)B"});
  }
  std::string link_or_protection() {
    switch (below(5)) {
      case 0: return "\x1b]8;;\x1b\\";
      case 1: return csi(number(2) + "\"q") + word();
      case 3: return one_of<2>({"\x1bV", "\x1bW"}) + words();
      case 2: return "\x1b]8;id=" + word() + ";file:///" + number(9) + "\a" + words();
      default: return "\x1b]8;;http://a/" + number(3) + "\x1b\\" + words();
    }
  }
  std::string osc() {
    const std::string end = chance(2) ? "\a" : "\x1b\\";
    switch (below(9)) {
      case 0: return "\x1b]" + number(2) + ";" + words() + "\u00fc" + end;
      case 1: return csi(one_of<6>({"22t", "23t", "22;1t", "22;2t", "23;1t", "23;2t"}));
      case 2: return "\x1b]7;file://host/" + word() + end;
      case 3:
      case 4: return "\x1b]133;" + one_of<5>({"A", "B", "C", "D", "D;1"}) + end + (chance(2) ? word() : "");
      case 5: return "\x1b]4;" + number(255) + ";rgb:12/34/" + std::to_string(10 + below(90)) + end;
      case 6: return "\x1b]" + std::to_string(10 + below(3)) + ";#0102" + std::to_string(10 + below(90)) + end;
      case 7: return "\x1b]" + one_of<5>({"104", "104;3", "110", "111", "112"}) + end;
      default: return "\x1b]52;c;aGVsbG8=" + end;
    }
  }
  std::string keyboard() {
    return csi(one_of<9>({">1u", ">3u", ">31u", "<u", "<2u", "=5;1u", "=2;2u", "=1;3u", ">4;1m"})) +
           (chance(4) ? one_of<5>({"\x1b=", "\x1b>", "\x1b[>4;2m", "\x1b[3 q", "\x1b[0 q"}) : "");
  }
  std::string tab() { return one_of<6>({"\x1bH", "\x1b[g", "\x1b[3g", "\t", "\x1b[?5W", "\t\t\x1bH"}); }
  std::string escape() {
    return one_of<8>(
        {"\x1b"
         "D",
         "\x1bM",
         "\x1b"
         "E",
         "\x1bM",
         "\x1b"
         "6",
         "\x1b"
         "9",
         "\x1b[c", "\x1b[6n"});
  }
  std::string rare() {
    switch (below(12)) {
      case 0: return chance(3) ? "\x1b#8" : "";
      case 1: return chance(4) ? "\x1b[!p" : "";
      case 2:
        return chance(6) ? "\x1b"
                           "c"
                         : "";
      case 3: return "\x1bP1$r0m\x1b\\";
      case 4: return "\x1b_Gi=1;AAAA\x1b\\";
      case 5: return "\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18m";
      case 6: return std::string("\0\x7f\x18\x1a", 4);
      case 7:
        return options_.tails ? one_of<6>({"\x1b", "\x1b[", "\x1b[3;1", "\x1b]2;half", "\xf0\x9f", "\x1bP$qm"}) : "";
      default: return words();
    }
  }

  std::uint64_t state_;
  ScriptOptions options_;
};

}  // namespace ptyd::screen::test
