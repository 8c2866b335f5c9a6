#include "client/cli/suggest.hpp"

#include <algorithm>

namespace ptyd {

namespace {

constexpr std::size_t kMaxWord = 64;

// Optimal string alignment distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) table[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) table[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  return table[a.size()][b.size()];
}

}  // namespace

std::optional<std::string> closest_word(std::string_view typed, const std::vector<std::string>& words) {
  if (typed.size() > kMaxWord) return std::nullopt;
  const std::string_view letters = typed.substr(std::min(typed.find_first_not_of('-'), typed.size()));
  std::size_t best = letters.size() < 3 ? 2 : 2 + letters.size() / 5;  // the first distance that is too far
  std::optional<std::string> found;
  for (const auto& word : words) {
    const std::size_t far = distance(typed, word);
    if (far >= best) continue;
    best = far;
    found = word;
  }
  if (found) return found;
  const auto begins = [&](const std::string& word) { return letters.size() >= 2 && word.starts_with(typed); };
  const auto longer = std::find_if(words.begin(), words.end(), begins);
  return longer == words.end() ? std::nullopt : std::optional(*longer);
}

}  // namespace ptyd
