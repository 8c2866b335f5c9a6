#include "client/format/cast_file.hpp"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ptyd {

namespace {

using google::protobuf::Value;

std::optional<Value> parse(const std::string& text) {
  Value value;
  if (!google::protobuf::util::JsonStringToMessage(text, &value).ok()) return std::nullopt;
  return value;
}

const Value* member(const Value& value, const std::string& name) {
  if (!value.has_struct_value()) return nullptr;
  const auto& fields = value.struct_value().fields();
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

std::uint32_t size_of(const Value* value, std::uint32_t otherwise) {
  constexpr double kMost = 10'000;
  if (value == nullptr || !value->has_number_value()) return otherwise;
  const double number = value->number_value();
  return number >= 1 && number <= kMost ? static_cast<std::uint32_t>(number) : otherwise;
}

std::optional<std::chrono::microseconds> time_of(const Value& value) {
  constexpr double kMost = 1e9;  // seconds: some 30 years
  if (!value.has_number_value()) return std::nullopt;
  const double seconds = value.number_value();
  if (!(seconds >= 0 && seconds <= kMost)) return std::nullopt;
  return std::chrono::microseconds(std::llround(seconds * 1e6));
}

}  // namespace

Error CastReader::malformed(const std::string& why) const {
  Error error{errc::malformed, name_ + ":" + std::to_string(line_number_) + ": " + why};
  error.subject = name_;
  error.hint = "asciicast files of versions 1 to 3 can be played";
  return error;
}

Result<std::optional<std::string>> CastReader::line() {
  std::string text;
  for (;;) {
    ++line_number_;
    text.clear();
    for (int byte = from_->get(); byte != std::istream::traits_type::eof() && byte != '\n'; byte = from_->get()) {
      if (text.size() == kMaxLine) return malformed("the line is too long");
      text += static_cast<char>(byte);
    }
    if (from_->bad()) return malformed("the file can't be read");
    if (text.empty() && from_->eof()) return std::optional<std::string>();
    if (!text.empty() && text.back() == '\r') text.pop_back();
    if (!text.empty() && text.front() != '#') return std::optional(std::move(text));
  }
}

Result<CastReader> CastReader::open(std::istream& from, std::string name) {
  CastReader reader(from, std::move(name));
  const auto first = reader.line();
  if (!first) return first.error();
  if (!*first) return reader.malformed("the file is empty");
  if (auto read = reader.read_header(**first); !read) return read.error();
  return reader;
}

Result<void> CastReader::read_header(const std::string& text) {
  const auto header = parse(text);
  const auto* const version = header ? member(*header, "version") : nullptr;
  if (version == nullptr || !version->has_number_value()) return malformed("this is no asciicast");
  const double number = version->number_value();
  if (number != 1 && number != 2 && number != 3) return malformed("this version of asciicast is not known");
  version_ = static_cast<unsigned>(number);
  const auto* const term = member(*header, "term");
  cols_ = size_of(version_ == 3 && term != nullptr ? member(*term, "cols") : member(*header, "width"), cols_);
  rows_ = size_of(version_ == 3 && term != nullptr ? member(*term, "rows") : member(*header, "height"), rows_);
  if (version_ != 1) return {};
  const auto* const events = member(*header, "stdout");
  if (events == nullptr || !events->has_list_value()) return malformed("there is no list of output");
  for (const auto& each : events->list_value().values()) {
    const auto& pair = each.list_value().values();
    const auto wait = pair.size() == 2 ? time_of(pair[0]) : std::nullopt;
    if (!wait || !pair[1].has_string_value()) return malformed("the output is not a list of times and texts");
    whole_.push_back({*wait, 'o', pair[1].string_value()});
  }
  return {};
}

Result<std::optional<CastEvent>> CastReader::next() {
  if (version_ == 1) {
    if (next_ == whole_.size()) return std::optional<CastEvent>();
    return std::optional(whole_[next_++]);
  }
  const auto text = line();
  if (!text) return text.error();
  if (!*text) return std::optional<CastEvent>();
  const auto value = parse(**text);
  if (!value || !value->has_list_value() || value->list_value().values_size() < 3)
    return malformed("this is no event");
  const auto& parts = value->list_value().values();
  const auto at = time_of(parts[0]);
  if (!at || parts[1].string_value().size() != 1 || !parts[2].has_string_value()) return malformed("this is no event");
  CastEvent event{*at, parts[1].string_value().front(), parts[2].string_value()};
  if (version_ == 2) {
    event.wait = std::max(*at, last_) - last_;
    last_ = std::max(*at, last_);
  }
  return std::optional(std::move(event));
}

}  // namespace ptyd
