#include "client/terminal/detach_key_parser.hpp"

#include <algorithm>
#include <utility>

#include "client/terminal/key_report.hpp"

namespace ptyd {

namespace {

constexpr char kEscape = '\x1b';
constexpr std::string_view kPasteBegin = "\x1b[200~";
constexpr std::string_view kPasteEnd = "\x1b[201~";
constexpr std::string_view kX10Mouse = "\x1b[M";
// Longer than any key report; terminals answer some queries with more.
constexpr std::size_t kMaxPartial = 64;

}  // namespace

DetachKeyParser::DetachKeyParser(std::optional<DetachKeys> keys, Timing timing)
    : keys_(std::move(keys)), timing_(timing) {
  if (keys_ && keys_->chords.empty()) keys_.reset();
}

DetachKeyParser::Output DetachKeyParser::feed(std::string_view bytes, TimePoint now) {
  if (!keys_) return Output{std::string(bytes), false};
  Output out = tick(now);
  for (const char byte : bytes) {
    if (out.detach) break;
    take_byte(byte, out, now);
  }
  return out;
}

DetachKeyParser::Output DetachKeyParser::tick(TimePoint now) {
  Output out;
  if (!held_.empty() && now >= held_until()) {
    if (keys_->chords.size() == 1)
      out.detach = true;
    else
      for (const auto& key : held_) out.forward += key.press + key.rest;
    held_.clear();
  }
  if (!out.detach && !partial_.empty() && now >= partial_since_ + timing_.escape) finish_partial(out, now);
  return out;
}

std::optional<DetachKeyParser::TimePoint> DetachKeyParser::deadline() const {
  std::optional<TimePoint> at;
  if (!partial_.empty()) at = partial_since_ + timing_.escape;
  if (!held_.empty()) at = at ? std::min(*at, held_until()) : held_until();
  return at;
}

DetachKeyParser::TimePoint DetachKeyParser::held_until() const {
  return held_since_ + (keys_->chords.size() == 1 ? timing_.double_press : timing_.sequence);
}

void DetachKeyParser::take_byte(char byte, Output& out, TimePoint now) {
  if (pasting_) {
    take_pasted_byte(byte, out);
  } else if (mouse_bytes_ > 0) {
    --mouse_bytes_;
    out.forward += byte;
  } else if (!partial_.empty() || byte == kEscape) {
    take_escape_byte(byte, out, now);
  } else {
    take_key(std::string(1, byte), out, now);
  }
}

void DetachKeyParser::take_pasted_byte(char byte, Output& out) {
  out.forward += byte;
  if (byte == kPasteEnd[paste_end_matched_])
    ++paste_end_matched_;
  else
    paste_end_matched_ = byte == kPasteEnd[0] ? 1 : 0;
  if (paste_end_matched_ == kPasteEnd.size()) pasting_ = false;
}

void DetachKeyParser::take_escape_byte(char byte, Output& out, TimePoint now) {
  if (partial_.empty()) {
    partial_ = byte;
    partial_since_ = now;
    return;
  }
  const bool in_csi = partial_.size() >= 2 && partial_[1] == '[';
  const bool printable = byte >= ' ' && byte <= '~';
  if (!in_csi && partial_.size() == 1 && (byte == '[' || byte == 'O')) {
    partial_ += byte;
  } else if (!printable && (in_csi || byte == kEscape)) {
    // No part of the sequence: what was held is a key of its own.
    finish_partial(out, now);
    if (!out.detach) take_byte(byte, out, now);
  } else {
    partial_ += byte;
    const bool goes_on = in_csi && byte < '@' && partial_.size() < kMaxPartial;
    if (!goes_on) finish_partial(out, now);
  }
}

void DetachKeyParser::finish_partial(Output& out, TimePoint now) {
  std::string token = std::exchange(partial_, {});
  if (token == kPasteBegin) {
    pasting_ = true;
    paste_end_matched_ = 0;
  } else if (token == kX10Mouse) {
    mouse_bytes_ = 3;
  }
  take_key(std::move(token), out, now);
}

void DetachKeyParser::take_key(std::string token, Output& out, TimePoint now) {
  if (keys_->chords.size() == 1)
    take_single_key(std::move(token), out, now);
  else
    take_sequence_key(std::move(token), out, now);
}

void DetachKeyParser::take_single_key(std::string token, Output& out, TimePoint now) {
  const auto event = match(token, keys_->chords.front());
  if (held_.empty()) {
    if (event == KeyEvent::press) {
      held_.push_back({std::move(token), {}});
      held_since_ = now;
    } else {
      out.forward += token;
    }
    return;
  }
  if (event == KeyEvent::press) {
    out.forward += token;
    held_.clear();
  } else if (event == KeyEvent::none && is_passive_key(token)) {
    out.forward += token;
  } else if (event == KeyEvent::none) {
    out.detach = true;
    held_.clear();
  }
}

void DetachKeyParser::take_sequence_key(std::string token, Output& out, TimePoint now) {
  if (match(token, keys_->chords[held_.size()]) == KeyEvent::press) {
    held_.push_back({std::move(token), {}});
    held_since_ = now;
    out.detach = held_.size() == keys_->chords.size();
    if (out.detach) held_.clear();
  } else if (held_.empty()) {
    out.forward += token;
  } else if (is_passive_key(token)) {
    held_.back().rest += token;
  } else {
    restart_sequence(std::move(token), out, now);
  }
}

// The sequence did not go on as it should. Its first key comes out, and the others are looked at anew: with "a,a,b"
// the second and third of "aaab" begin the sequence.
void DetachKeyParser::restart_sequence(std::string token, Output& out, TimePoint now) {
  auto keys = std::exchange(held_, {});
  keys.push_back({std::move(token), {}});
  out.forward += keys.front().press + keys.front().rest;
  for (auto key = keys.begin() + 1; key != keys.end() && !out.detach; ++key) {
    take_sequence_key(std::move(key->press), out, now);
    if (held_.empty())
      out.forward += key->rest;
    else
      held_.back().rest += key->rest;
  }
}

DetachKeyParser::KeyEvent DetachKeyParser::match(std::string_view token, const KeyChord& chord) {
  if (token.size() == 1) return token[0] == chord.raw_byte() ? KeyEvent::press : KeyEvent::none;
  const auto report = parse_key_report(token);
  if (!report || !is_chord(*report, chord)) return KeyEvent::none;
  if (report->event == 2) return KeyEvent::repeat;
  return report->event == 3 ? KeyEvent::release : KeyEvent::press;
}

}  // namespace ptyd
