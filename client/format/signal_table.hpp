// The signals of this system.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ptyd {

struct NamedSignal {
  std::string_view name;
  std::uint32_t number;
};

struct SignalTable {
  std::span<const NamedSignal> names;
  std::uint32_t unnamed_below;     // lower numbers are signals, too; 0: none but the named ones are
  std::string_view not_one_of_us;  // what an error says of anything else
  std::string_view hint;
};

const SignalTable& signal_table() noexcept;

}  // namespace ptyd
