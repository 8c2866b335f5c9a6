#include "daemon/host/command_line.hpp"

#include <algorithm>
#include <cstring>

namespace ptyd::host {

namespace {

// The code point at `at`, which moves behind it; kBad where there is none.
constexpr char32_t kBad = 0xffffffff;

char32_t next_code_point(const char*& at) noexcept {
  const auto first = static_cast<unsigned char>(*at++);
  if (first < 0x80) return first;
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4) return kBad;
  char32_t point = first & (0x3fU >> more);
  for (int i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(*at);
    if ((next & 0xc0) != 0x80) return kBad;
    point = point << 6 | (next & 0x3fU);
    ++at;
  }
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < kLeast[more] || point > 0x10ffff || surrogate ? kBad : point;
}

bool needs_quotes(const char* argument) noexcept {
  return *argument == 0 || std::strpbrk(argument, " \t\n\v\"") != nullptr;
}

void add_backslashes(WideText& to, std::size_t count) noexcept {
  for (; count > 0; --count) to.add(u'\\');
}

// Backslashes mean themselves except before a quotation mark: there they are doubled, also before the one that ends it.
bool add_quoted(const char* argument, WideText& to) noexcept {
  to.add(u'"');
  std::size_t backslashes = 0;
  for (const char* at = argument; *at != 0;) {
    if (*at == '\\') {
      ++backslashes;
      ++at;
      continue;
    }
    add_backslashes(to, *at == '"' ? 2 * backslashes + 1 : backslashes);
    backslashes = 0;
    const char* const start = at;
    if (next_code_point(at) == kBad) return false;
    char one[8] = {};
    std::memcpy(one, start, static_cast<std::size_t>(at - start));
    to.add_utf8(one);
  }
  add_backslashes(to, 2 * backslashes);
  to.add(u'"');
  return true;
}

// The first is read by other rules: up to the next quotation mark, backslashes are nothing special.
bool add_program(const char* name, WideText& to) noexcept {
  if (std::strchr(name, '"') != nullptr) return false;
  to.add(u'"');
  const bool good = to.add_utf8(name);
  to.add(u'"');
  return good;
}

// Of "NAME=value". A name may begin with '=', as "=C:=C:\folder" does.
std::size_t name_length(const char* entry) noexcept {
  const char* const equals = *entry == 0 ? nullptr : std::strchr(entry + 1, '=');
  return equals == nullptr ? 0 : static_cast<std::size_t>(equals - entry);
}

// Windows compares names in capitals. Letters beyond ASCII: by their bytes, which is good enough to find what it looks
// up.
unsigned char capital(char c) noexcept { return static_cast<unsigned char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); }

int compare_names(const char* a, std::size_t a_length, const char* b, std::size_t b_length) noexcept {
  for (std::size_t i = 0; i < a_length && i < b_length; ++i)
    if (capital(a[i]) != capital(b[i])) return capital(a[i]) < capital(b[i]) ? -1 : 1;
  return a_length == b_length ? 0 : a_length < b_length ? -1 : 1;
}

int compare_entries(const char* a, const char* b) noexcept {
  return compare_names(a, name_length(a), b, name_length(b));
}

}  // namespace

bool WideText::add_utf8(const char* utf8) noexcept {
  while (*utf8 != 0) {
    const char32_t point = next_code_point(utf8);
    if (point == kBad) return false;
    if (point >= 0x10000) {
      add(static_cast<char16_t>(0xd7c0 + (point >> 10)));
      add(static_cast<char16_t>(0xdc00 | (point & 0x3ff)));
    } else {
      add(static_cast<char16_t>(point));
    }
  }
  return true;
}

bool write_command_line(const char* const* argv, WideText& to) noexcept {
  if (!add_program(*argv, to)) return false;
  for (++argv; *argv != nullptr; ++argv) {
    to.add(u' ');
    if (!(needs_quotes(*argv) ? add_quoted(*argv, to) : to.add_utf8(*argv))) return false;
  }
  to.add(0);
  return true;
}

void sort_environment(char** envp) noexcept {
  char** end = envp;
  while (*end != nullptr) ++end;
  end = std::remove_if(envp, end, [](const char* entry) { return name_length(entry) == 0; });
  // Not stable_sort, which allocates: the places in memory are the order in which they came.
  std::sort(envp, end, [](const char* a, const char* b) {
    const int order = compare_entries(a, b);
    return order != 0 ? order < 0 : a < b;
  });
  char** kept = envp;
  for (char** at = envp; at != end; ++at)
    if (at + 1 == end || compare_entries(at[0], at[1]) != 0) *kept++ = *at;
  *kept = nullptr;
}

bool write_environment(const char* const* envp, WideText& to) noexcept {
  if (*envp == nullptr) to.add(0);
  for (; *envp != nullptr; ++envp) {
    if (!to.add_utf8(*envp)) return false;
    to.add(0);
  }
  to.add(0);
  return true;
}

const char* find_variable(const char* const* envp, const char* name) noexcept {
  const std::size_t length = std::strlen(name);
  for (; *envp != nullptr; ++envp) {
    const std::size_t found = name_length(*envp);
    if (found == length && compare_names(*envp, found, name, length) == 0) return *envp + found + 1;
  }
  return nullptr;
}

}  // namespace ptyd::host
