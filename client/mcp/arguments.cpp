#include "client/mcp/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "client/format/lease_reply.hpp"

namespace ptyd {

const google::protobuf::Value* Arguments::take(const std::string& name) {
  taken_.push_back(name);
  const auto found = values_.fields().find(name);
  if (found == values_.fields().end() || found->second.has_null_value()) return nullptr;
  return &found->second;
}

void Arguments::mistake(const std::string& name, const std::string& what) {
  if (error_) return;
  error_ = Error{errc::invalid_argument, name + " " + what};
  error_->subject = name;
}

std::string Arguments::text(const std::string& name) {
  auto value = maybe_text(name);
  if (!value) mistake(name, "is missing");
  return value.value_or("");
}

std::optional<std::string> Arguments::maybe_text(const std::string& name) {
  const auto* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (!value->has_string_value()) mistake(name, "must be a string");
  return value->string_value();
}

std::string Arguments::lease() {
  const auto text = maybe_text("lease");
  if (!text) return {};
  auto token = parse_lease_token(*text);
  if (!token) mistake("lease", "must be what claim gave");
  return token.value_or("");
}

bool Arguments::flag(const std::string& name) {
  const auto* value = take(name);
  if (value != nullptr && !value->has_bool_value()) mistake(name, "must be true or false");
  return value != nullptr && value->bool_value();
}

std::optional<std::uint64_t> Arguments::number(const std::string& name, std::uint64_t least, std::uint64_t most) {
  const auto* value = take(name);
  if (value == nullptr) return std::nullopt;
  const double number = value->number_value();
  const bool fits = value->has_number_value() && number == std::floor(number) && number >= static_cast<double>(least) &&
                    number <= static_cast<double>(most);
  if (fits) return static_cast<std::uint64_t>(number);
  mistake(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<std::uint64_t> Arguments::offset(const std::string& name) {
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53;
  const auto found = values_.fields().find(name);
  if (found == values_.fields().end() || !found->second.has_string_value()) return number(name, 0, kExact);
  const auto& text = take(name)->string_value();
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed == std::errc() && end == text.data() + text.size()) return value;
  mistake(name, "must be an offset in decimal digits");
  return std::nullopt;
}

std::vector<std::string> Arguments::texts(const std::string& name) {
  std::vector<std::string> texts;
  const auto* value = take(name);
  if (value == nullptr) return texts;
  if (!value->has_list_value()) mistake(name, "must be a list of strings");
  for (const auto& entry : value->list_value().values()) {
    if (!entry.has_string_value()) mistake(name, "must be a list of strings");
    texts.push_back(entry.string_value());
  }
  return texts;
}

std::vector<std::pair<std::string, std::string>> Arguments::pairs(const std::string& name) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const auto* value = take(name);
  if (value == nullptr) return pairs;
  if (!value->has_struct_value()) mistake(name, "must be an object of strings");
  for (const auto& [key, entry] : value->struct_value().fields()) {
    if (!entry.has_string_value()) mistake(name, "must be an object of strings");
    pairs.emplace_back(key, entry.string_value());
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

Result<void> Arguments::error() {
  for (const auto& [name, value] : values_.fields())
    if (std::find(taken_.begin(), taken_.end(), name) == taken_.end()) mistake(name, "is no argument of this tool");
  if (error_) return *error_;
  return {};
}

}  // namespace ptyd
