// Writes saved structures as bytes: StateReader is the way back.
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

// Numbers are little-endian and of fixed size. Text, lists and structures begin with their size, so that a reader can
// leave out fields that a later version added at a structure's end.
class StateWriter {
 public:
  static constexpr bool kReads = false;

  template <class... Fields>
  void operator()(const Fields&... fields) {
    (put(fields), ...);
  }
  std::string take() { return std::move(bytes_); }

 private:
  template <std::integral Number>
  void put(Number number) {
    put_number(static_cast<std::uint64_t>(number), sizeof number);
  }
  void put(bool value) { put_number(value ? 1 : 0, 1); }
  void put(const std::string& text);
  template <std::size_t kSize>
  void put(const std::array<std::uint8_t, kSize>& bytes) {
    bytes_.append(bytes.begin(), bytes.end());
  }
  template <class Value>
  void put(const std::optional<Value>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class Value>
  void put(const std::vector<Value>& values) {
    put_number(values.size(), 4);
    for (const auto& value : values) put(value);
  }
  template <class Structure>
  requires requires(StateWriter& writer, const Structure& value) { Structure::fields(writer, value); }
  void put(const Structure& value) {
    const auto begin = begin_structure();
    Structure::fields(*this, value);
    end_structure(begin);
  }

  void put_number(std::uint64_t number, std::size_t size);
  std::size_t begin_structure();
  void end_structure(std::size_t begin);

  std::string bytes_;
};

}  // namespace ptyd
