// Reads what StateWriter wrote, and believes nothing.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ptyd {

// A structure may have more fields than are asked for, which are left out, or fewer: the missing ones at its end stay
// as they are. Anything else that does not fit makes ok() false, and all that is read then is empty. No list makes it
// allocate more than some times the bytes that are there.
class StateReader {
 public:
  static constexpr bool kReads = true;

  explicit StateReader(std::string_view bytes) : rest_(bytes) {}
  template <class... Fields>
  void operator()(Fields&... fields) {
    (field(fields), ...);
  }
  bool ok() const noexcept { return ok_; }

 private:
  // Fields end with their structure.
  template <class Field>
  void field(Field& value) {
    if (ok_ && !rest_.empty()) get(value);
  }
  template <std::integral Number>
  void get(Number& number) {
    number = static_cast<Number>(get_number(sizeof number));
  }
  void get(bool& value);
  void get(std::string& text);
  template <std::size_t kSize>
  void get(std::array<std::uint8_t, kSize>& bytes) {
    const auto from = take(kSize);
    for (std::size_t i = 0; i < from.size(); ++i) bytes[i] = static_cast<std::uint8_t>(from[i]);
  }
  template <class Value>
  void get(std::optional<Value>& value) {
    bool there = false;
    get(there);
    value.reset();
    if (ok_ && there) get(value.emplace());
  }
  template <class Value>
  void get(std::vector<Value>& values) {
    values.clear();
    const auto count = get_number(4);
    if (count > rest_.size()) ok_ = false;
    for (std::uint64_t i = 0; ok_ && i < count; ++i) get(values.emplace_back());
  }
  template <class Structure>
  requires requires(StateReader& reader, Structure& value) { Structure::fields(reader, value); }
  void get(Structure& value) {
    StateReader inner(take(get_number(4)));
    Structure::fields(inner, value);
    ok_ = ok_ && inner.ok();
  }

  std::uint64_t get_number(std::size_t size);
  std::string_view take(std::uint64_t size);

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace ptyd
