#include "daemon/handover/state_reader.hpp"

namespace ptyd {

std::string_view StateReader::take(std::uint64_t size) {
  if (!ok_ || size > rest_.size()) {
    ok_ = false;
    return {};
  }
  const auto taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::uint64_t StateReader::get_number(std::size_t size) {
  const auto bytes = take(size);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    number |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  return number;
}

void StateReader::get(bool& value) {
  const auto number = get_number(1);
  if (number > 1) ok_ = false;
  value = number == 1;
}

void StateReader::get(std::string& text) { text = take(get_number(4)); }

}  // namespace ptyd
