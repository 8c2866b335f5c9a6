#include <unistd.h>

#include <array>
#include <climits>

#include "common/program_path.hpp"

namespace ptyd {

std::string program_path() {
  std::array<char, PATH_MAX> path{};
  const auto size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0 || static_cast<std::size_t>(size) == path.size()) return {};
  std::string text(path.data(), static_cast<std::size_t>(size));
  // A program that was replaced by an update: the new one stands at its place.
  constexpr std::string_view kDeleted = " (deleted)";
  if (text.ends_with(kDeleted)) text.resize(text.size() - kDeleted.size());
  return text;
}

}  // namespace ptyd
