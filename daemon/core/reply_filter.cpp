#include "daemon/core/reply_filter.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace ptyd {

namespace {

constexpr char kEscape = '\x1b';
constexpr std::size_t kMaxCsi = 64;

enum class Match { no, maybe, answer };

struct Csi {
  char prefix = 0;
  std::string_view parameters;
  std::string_view intermediates;
  char final = 0;
};

bool in(char c, char low, char high) { return c >= low && c <= high; }

std::size_t span_of(std::string_view text, char low, char high) {
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), [&](char c) { return !in(c, low, high); }) -
                                  text.begin());
}

std::string_view take(std::string_view& text, std::size_t size) {
  const auto taken = text.substr(0, size);
  text.remove_prefix(size);
  return taken;
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> values) {
  return std::find(values.begin(), values.end(), text) != values.end();
}

// CSI row ; column R. F3 with modifiers is CSI 1 ; 2 R to CSI 1 ; 16 R.
bool is_position(std::string_view parameters, bool position_asked) {
  const auto semicolon = parameters.find(';');
  if (semicolon == std::string_view::npos || semicolon == 0 || semicolon + 1 == parameters.size()) return false;
  if (parameters.find_first_of(";:", semicolon + 1) != std::string_view::npos) return false;
  unsigned column = 0;
  std::from_chars(parameters.data() + semicolon + 1, parameters.data() + parameters.size(), column);
  const bool key = parameters.substr(0, semicolon) == "1" && column >= 2 && column <= 16;
  return !key || position_asked;
}

bool is_answer(const Csi& csi, bool position_asked) {
  if (csi.intermediates == "$") return csi.final == 'y' && (csi.prefix == 0 || csi.prefix == '?');
  if (!csi.intermediates.empty()) return false;
  switch (csi.final) {
    case 'c': return csi.prefix != 0;
    case 'u': return csi.prefix == '?';
    case 'n': return csi.prefix == 0 && one_of(csi.parameters, {"0", "3"});
    case 'R': return csi.prefix == '?' || (csi.prefix == 0 && is_position(csi.parameters, position_asked));
    case 't': return csi.prefix == 0 && one_of(csi.parameters.substr(0, 2), {"4;", "6;", "8;"});
    default: return false;
  }
}

Match match_csi(std::string_view text, bool position_asked) {
  Csi csi;
  if (!text.empty() && in(text[0], '<', '?')) csi.prefix = take(text, 1)[0];
  csi.parameters = take(text, span_of(text, '0', ';'));
  csi.intermediates = take(text, span_of(text, ' ', '/'));
  if (text.empty()) return csi.parameters.size() + csi.intermediates.size() < kMaxCsi ? Match::maybe : Match::no;
  csi.final = text[0];
  return is_answer(csi, position_asked) ? Match::answer : Match::no;
}

// Whether `text` begins with one of `starts`, or is the beginning of one.
Match match_start(std::string_view text, std::initializer_list<std::string_view> starts) {
  for (const auto start : starts)
    if (text.substr(0, start.size()) == start.substr(0, text.size()))
      return text.size() >= start.size() ? Match::answer : Match::maybe;
  return Match::no;
}

// OSC 4 ; index ; colour, and 10 to 12.
Match match_color(std::string_view text) {
  auto color = text;
  if (text.substr(0, 2) == "4;") {
    color.remove_prefix(2);
    take(color, span_of(color, '0', '9'));
    if (color.empty()) return Match::maybe;
    if (take(color, 1) != ";") return Match::no;
  } else {
    const auto start = match_start(text, {"4;", "10;", "11;", "12;"});
    if (start != Match::answer) return start;
    color.remove_prefix(3);
  }
  return match_start(color, {"rgb:", "rgba:", "#"});
}

Match match_string(std::string_view text, char kind) {
  bool ended = false;
  if (kind == ']' && !text.empty() && text.back() == '\a') {
    ended = true;
    text.remove_suffix(1);
  } else if (text.size() >= 2 && text.substr(text.size() - 2) == "\x1b\\") {
    ended = true;
    text.remove_suffix(2);
  }
  const auto escape = text.find(kEscape);
  if (escape != std::string_view::npos && (ended || escape + 1 != text.size())) return Match::no;
  const auto start = kind == ']' ? match_color(text.substr(0, escape))
                                 : match_start(text.substr(0, escape), {"1$r", "0$r", "1+r", "0+r", ">|", "!|"});
  if (start == Match::no || (ended && start == Match::maybe)) return Match::no;
  return ended ? Match::answer : Match::maybe;
}

Match match(std::string_view held, bool position_asked) {
  if (held.size() == 1) return Match::maybe;
  if (held.size() > ReplyFilter::kMaxHeld) return Match::no;
  const auto rest = held.substr(2);
  switch (held[1]) {
    case '[': return match_csi(rest, position_asked);
    case ']':
    case 'P': return match_string(rest, held[1]);
    default: return Match::no;
  }
}

}  // namespace

std::vector<ReplyFilter::Piece> ReplyFilter::feed(std::string_view input, TimePoint now, bool position_asked) {
  std::vector<Piece> pieces;
  const bool held_before = deadline_.has_value();
  while (!input.empty()) {
    if (held_.empty()) {
      const auto plain = std::min(input.find(kEscape), input.size());
      if (plain > 0) {
        held_.assign(take(input, plain));
        release(plain, false, pieces);
        continue;
      }
    }
    step(take(input, 1)[0], position_asked, pieces);
  }
  if (held_.size() == 1 && sent_ == 0) {
    // Kept as well: when an answer follows, its rest is dropped.
    pieces.push_back({false, held_});
    sent_ = 1;
  }
  if (held_.size() <= sent_)
    deadline_.reset();
  else if (!held_before)
    deadline_ = now + kHold;
  return pieces;
}

void ReplyFilter::step(char byte, bool position_asked, std::vector<Piece>& pieces) {
  held_ += byte;
  switch (match(held_, position_asked)) {
    case Match::maybe: return;
    case Match::answer: return release(held_.size(), true, pieces);
    case Match::no: break;
  }
  // What ended the sequence may be in the next one.
  const auto escape = held_.rfind(kEscape);
  if (escape == 0) return release(held_.size(), false, pieces);
  release(escape, false, pieces);
  const auto rest = std::exchange(held_, {});
  for (const char again : rest) step(again, position_asked, pieces);
}

void ReplyFilter::release(std::size_t bytes, bool answer, std::vector<Piece>& pieces) {
  const auto begin = std::min(sent_, bytes);
  if (bytes > begin) {
    if (!answer && !pieces.empty() && !pieces.back().answer)
      pieces.back().bytes.append(held_, begin, bytes - begin);
    else
      pieces.push_back({answer, held_.substr(begin, bytes - begin)});
  }
  held_.erase(0, bytes);
  sent_ = 0;
}

void ReplyFilter::resume(Held held) {
  held_ = std::move(held.bytes);
  sent_ = std::min(held.sent, held_.size());
  deadline_ = held_.size() > sent_ ? held.until : std::nullopt;
}

std::vector<ReplyFilter::Piece> ReplyFilter::tick(TimePoint now) {
  std::vector<Piece> pieces;
  if (!deadline_ || now < *deadline_) return pieces;
  release(held_.size(), false, pieces);
  deadline_.reset();
  return pieces;
}

}  // namespace ptyd
