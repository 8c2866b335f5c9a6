#include "common/asciicast.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace ptyd {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

enum class Fit { whole, broken, unfinished };

// How many of the first bytes are one character, or what one U+FFFD stands for: a bad sequence ends before the first byte
// that can't continue it, as the Unicode standard recommends.
std::pair<std::size_t, Fit> first_character(std::string_view bytes) noexcept {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (lead < 0x80) return {1, Fit::whole};
  if (lead < 0xC2 || lead > 0xF4) return {1, Fit::broken};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  for (std::size_t i = 1; i < size; ++i) {
    if (i == bytes.size()) return {i, Fit::unfinished};
    const auto byte = static_cast<unsigned char>(bytes[i]);
    unsigned low = 0x80;
    unsigned high = 0xBF;
    // No overlong forms, no surrogates, nothing beyond U+10FFFF.
    if (i == 1 && lead == 0xE0) low = 0xA0;
    if (i == 1 && lead == 0xED) high = 0x9F;
    if (i == 1 && lead == 0xF0) low = 0x90;
    if (i == 1 && lead == 0xF4) high = 0x8F;
    if (byte < low || byte > high) return {i, Fit::broken};
  }
  return {size, Fit::whole};
}

// `text` is UTF-8.
void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
          out += c;
          break;
        }
        constexpr std::string_view kDigits = "0123456789abcdef";
        out += "\\u00";
        out += kDigits[static_cast<unsigned char>(c) >> 4];
        out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  out += '"';
}

std::string whole_utf8(std::string_view bytes) {
  Utf8Pieces pieces;
  auto text = pieces.feed(bytes);
  return text + pieces.finish();
}

void append_member(std::string_view name, std::string_view text, std::string& out) {
  if (text.empty()) return;
  out += ", \"";
  out += name;
  out += "\": ";
  append_quoted(whole_utf8(text), out);
}

}  // namespace

std::string Utf8Pieces::feed(std::string_view bytes) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::exchange(pending_, {}).append(bytes);
    bytes = joined;
  }
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto [size, fit] = first_character(bytes);
    if (fit == Fit::unfinished) {
      pending_ = bytes;
      break;
    }
    text += fit == Fit::whole ? bytes.substr(0, size) : kReplacement;
    bytes.remove_prefix(size);
  }
  return text;
}

std::string Utf8Pieces::finish() {
  if (std::exchange(pending_, {}).empty()) return {};
  return std::string(kReplacement);
}

CastWriter::CastWriter(CastHeader header) : header_(std::move(header)) {}

void CastWriter::header(std::string& out) const {
  const auto cols = std::to_string(header_.cols);
  const auto rows = std::to_string(header_.rows);
  if (header_.version == 2) {
    out += "{\"version\": 2, \"width\": " + cols + ", \"height\": " + rows;
  } else {
    out += "{\"version\": 3, \"term\": {\"cols\": " + cols + ", \"rows\": " + rows;
    append_member("type", header_.term, out);
    out += "}";
  }
  out += ", \"timestamp\": " + std::to_string(header_.unix_seconds);
  append_member("title", header_.title, out);
  if (header_.version == 2 && !header_.term.empty()) {
    out += ", \"env\": {\"TERM\": ";
    append_quoted(whole_utf8(header_.term), out);
    out += "}";
  }
  out += "}\n";
}

// Version 2 counts from the beginning, version 3 from the event before.
void CastWriter::event(Time at, char code, std::string_view text, std::string& out) {
  at = std::max(at, last_);
  const auto shown = header_.version == 2 ? at : at - last_;
  last_ = at;
  std::array<char, 48> begin{};
  const auto seconds = static_cast<long long>(shown.count() / 1'000'000);
  const auto micros = static_cast<long long>(shown.count() % 1'000'000);
  std::snprintf(begin.data(), begin.size(), "[%lld.%06lld, \"%c\", ", seconds, micros, code);
  out += begin.data();
  append_quoted(text, out);
  out += "]\n";
}

void CastWriter::output(Time at, std::string_view bytes, std::string& out) {
  if (const auto text = output_.feed(bytes); !text.empty()) event(at, 'o', text, out);
}

void CastWriter::input(Time at, std::string_view bytes, std::string& out) {
  if (const auto text = input_.feed(bytes); !text.empty()) event(at, 'i', text, out);
}

void CastWriter::resize(Time at, std::uint32_t cols, std::uint32_t rows, std::string& out) {
  event(at, 'r', std::to_string(cols) + "x" + std::to_string(rows), out);
}

void CastWriter::marker(Time at, std::string_view label, std::string& out) { event(at, 'm', whole_utf8(label), out); }

void CastWriter::finish(Time at, std::string_view status, std::string& out) {
  if (const auto text = output_.finish(); !text.empty()) event(at, 'o', text, out);
  if (const auto text = input_.finish(); !text.empty()) event(at, 'i', text, out);
  if (header_.version != 2 && !status.empty()) event(at, 'x', status, out);
}

}  // namespace ptyd
