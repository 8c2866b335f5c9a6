#include "daemon/core/answer_queue.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace ptyd {

namespace {

std::optional<unsigned> number_at(std::string_view& text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool skip(std::string_view& text, std::string_view start) {
  if (text.substr(0, start.size()) != start) return false;
  text.remove_prefix(start.size());
  return true;
}

// 1 to 4 hexadecimal digits, scaled to 16 bits as XParseColor(3) does.
std::optional<unsigned> component(std::string_view& text) {
  const auto digits = std::min(text.find_first_not_of("0123456789abcdefABCDEF"), text.size());
  if (digits < 1 || digits > 4) return std::nullopt;
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + digits, value, 16);
  text.remove_prefix(digits);
  return value * 0xffff / ((1U << (4 * digits)) - 1);
}

std::optional<std::string> color_of(std::string_view text) {
  if (!skip(text, "rgb:") && !skip(text, "rgba:")) return std::nullopt;
  std::array<unsigned, 3> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0 && !skip(text, "/")) return std::nullopt;
    const auto part = component(text);
    if (!part) return std::nullopt;
    parts[i] = *part;
  }
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "rgb:%04x/%04x/%04x", parts[0], parts[1], parts[2]);
  return std::string(out.data());
}

std::optional<ColorKey> key_of(std::string_view& text) {
  if (!skip(text, "\x1b]")) return std::nullopt;
  auto number = number_at(text);
  if (!number || !skip(text, ";")) return std::nullopt;
  if (*number >= 10 && *number <= 12) return static_cast<ColorKey>(256 + *number);
  if (*number != 4) return std::nullopt;
  number = number_at(text);
  if (!number || *number > 255 || !skip(text, ";")) return std::nullopt;
  return static_cast<ColorKey>(*number);
}

}  // namespace

std::optional<ColorAnswer> parse_color_answer(std::string_view answer) {
  const auto key = key_of(answer);
  if (!key) return std::nullopt;
  auto color = color_of(answer);
  if (!color) return std::nullopt;
  return ColorAnswer{*key, std::move(*color)};
}

void AnswerQueue::push(std::string answer) { add({std::move(answer), std::nullopt, std::nullopt}); }

void AnswerQueue::push_color(std::string answer, std::optional<TimePoint> deadline) {
  const auto parsed = parse_color_answer(answer);
  if (!parsed) return push(std::move(answer));
  add({std::move(answer), parsed->key, deadline});
}

void AnswerQueue::add(Waiting waiting) {
  bytes_ += waiting.answer.size();
  waiting_.push_back(std::move(waiting));
  if (bytes_ <= kMaxBytes) return;
  for (auto& one : waiting_) one.deadline.reset();
}

void AnswerQueue::learn(const ColorAnswer& color) { colors_[color.key] = color.color; }

std::string AnswerQueue::take(TimePoint now) {
  std::string out;
  while (!waiting_.empty()) {
    auto& next = waiting_.front();
    const auto known = next.color ? colors_.find(*next.color) : colors_.end();
    if (next.color && known == colors_.end() && next.deadline && now < *next.deadline) break;
    bytes_ -= next.answer.size();
    if (known != colors_.end()) {
      // The same length: what was typed stays countable whoever told the colour.
      const auto begin = next.answer.find("rgb:");
      next.answer.replace(begin, std::min(known->second.size(), next.answer.size() - begin), known->second);
    }
    out += next.answer;
    waiting_.pop_front();
  }
  return out;
}

std::optional<AnswerQueue::TimePoint> AnswerQueue::deadline() const noexcept {
  return waiting_.empty() ? std::nullopt : waiting_.front().deadline;
}

}  // namespace ptyd
