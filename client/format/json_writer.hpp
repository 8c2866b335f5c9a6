// Writes one JSON document, pure ASCII, on one line.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace ptyd {

// The caller keeps to JSON's grammar: in an object each value follows its key(). Commas are put in by the writer.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view text);  // UTF-8; bytes that are not come out as U+FFFD
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& integer(std::int64_t value);
  JsonWriter& unsigned_integer(std::uint64_t value);
  // A 64-bit offset or count, as a string: JSON readers lose digits above 2^53.
  JsonWriter& offset(std::uint64_t value);
  // {"text":"..."}, or {"base64":"..."} when it is not UTF-8.
  JsonWriter& bytes(std::string_view value);

  // Members of the running object.
  JsonWriter& field(std::string_view name, std::string_view text) { return key(name).string(text); }
  JsonWriter& field(std::string_view name, const char* text) { return key(name).string(text); }
  JsonWriter& field(std::string_view name, std::same_as<bool> auto value) { return key(name).boolean(value); }
  JsonWriter& field(std::string_view name,
                    std::unsigned_integral auto value) requires(!std::same_as<decltype(value), bool>) {
    return key(name).unsigned_integer(value);
  }
  // "text" or "base64" in the running object itself.
  JsonWriter& bytes_field(std::string_view value);
  // `name` as RFC 3339 and `name`_ms as an integer; both null for 0.
  JsonWriter& time_fields(std::string_view name, std::uint64_t unix_ms);
  // "v":1, which every document begins with.
  JsonWriter& version_field() { return key("v").integer(1); }

  const std::string& text() const& { return out_; }
  std::string text() && { return std::move(out_); }

 private:
  void before_value();

  std::string out_;
  bool needs_comma_ = false;
};

}  // namespace ptyd
