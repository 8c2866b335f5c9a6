#include "daemon/screen/style.hpp"

#include "common/bytes.hpp"

namespace ptyd::screen {
namespace {

std::uint64_t hash_style(const Style& style) noexcept {
  const std::uint64_t colors = style.foreground.value() | static_cast<std::uint64_t>(style.background.value()) << 32;
  const std::uint64_t rest = style.underline_color.value() | static_cast<std::uint64_t>(style.attributes) << 32 |
                             static_cast<std::uint64_t>(style.underline) << 48;
  return mix_hash(mix_hash(colors) + rest);
}

bool take_color(std::string_view& in, Color& color) noexcept {
  std::uint32_t value = 0;
  if (!take_number(in, value, 0x02ffffff)) return false;
  color = Color::from_value(value);
  return true;
}

bool take_style(std::string_view& in, Style& style) noexcept {
  return take_color(in, style.foreground) && take_color(in, style.background) &&
         take_color(in, style.underline_color) && take_number(in, style.attributes, 0xffff) &&
         take_number(in, style.underline, static_cast<std::uint64_t>(Underline::dashed));
}

}  // namespace

StyleTable::StyleTable() : styles_(1) {}

std::uint16_t StyleTable::intern(const Style& style) {
  if (style == Style()) return 0;
  const std::uint64_t hash = hash_style(style);
  Cached& cached = cache_[hash >> 58];
  if (cached.id != 0 && cached.style == style) return cached.id;
  std::uint16_t id = ids_.find(hash, [&](std::uint16_t other) { return styles_[other] == style; });
  if (id == 0) id = add(style, hash);
  if (id != 0) cached = {style, id};
  return id;
}

std::uint16_t StyleTable::add(const Style& style, std::uint64_t hash) {
  if (size() >= kMaxStyles) {
    full_ = true;
    schedule_.missed();
    return 0;
  }
  std::uint16_t id = 0;
  if (free_.empty()) {
    id = static_cast<std::uint16_t>(styles_.size());
    styles_.push_back(style);
  } else {
    id = free_.back();
    free_.pop_back();
    styles_[id] = style;
  }
  ids_.insert(hash, id, [this](std::uint16_t other) { return hash_style(styles_[other]); });
  return id;
}

void StyleTable::sweep(const std::vector<bool>& used) {
  // An id that was free before must not come to life because a stray reference marked it.
  std::vector<bool> kept(styles_.size());
  for (std::size_t id = 0; id < kept.size(); ++id) kept[id] = id < used.size() && used[id];
  for (const auto id : free_) kept[id] = false;
  reindex(kept);
  schedule_.swept(size());
  full_ = schedule_.tight(size());
}

void StyleTable::reindex(const std::vector<bool>& used) {
  std::size_t end = styles_.size();
  while (end > 1 && !used[end - 1]) --end;
  styles_.resize(end);
  free_.clear();
  ids_.clear();
  cache_ = {};
  sgr_cache_.clear();
  const auto hash_of = [this](std::uint16_t id) { return hash_style(styles_[id]); };
  for (std::size_t at = end; at-- > 1;) {
    const auto id = static_cast<std::uint16_t>(at);
    if (used[at]) {
      ids_.insert(hash_of(id), id, hash_of);
    } else {
      styles_[at] = {};
      free_.push_back(id);  // the lowest is the next one taken
    }
  }
}

std::size_t StyleTable::bytes() const noexcept {
  return styles_.capacity() * sizeof(Style) + free_.capacity() * sizeof(std::uint16_t) + ids_.bytes() + sgr_cache_.bytes();
}

// The number of styles, then of each how far its id is from the one before, and its members.
void StyleTable::save(std::string& out) const {
  std::vector<bool> used(styles_.size(), true);
  for (const auto id : free_) used[id] = false;
  append_varint(out, size() - 1);
  std::size_t last = 0;
  for (std::size_t id = 1; id < styles_.size(); ++id) {
    if (!used[id]) continue;
    const Style& style = styles_[id];
    append_varint(out, id - last);
    for (const auto color : {style.foreground, style.background, style.underline_color}) {
      append_varint(out, color.value());
    }
    append_varint(out, style.attributes);
    append_varint(out, static_cast<std::uint64_t>(style.underline));
    last = id;
  }
}

bool StyleTable::load(std::string_view& in) {
  *this = StyleTable();
  std::size_t count = 0;
  if (!take_number(in, count, kMaxStyles - 1)) return false;
  StyleTable loaded;
  std::vector<bool> used(1, true);
  for (; count > 0; --count) {
    std::size_t step = 0;
    Style style;
    if (!take_number(in, step, kMaxStyles - used.size()) || step == 0 || !take_style(in, style)) return false;
    used.resize(used.size() + step);
    used.back() = true;
    loaded.styles_.resize(used.size());
    loaded.styles_.back() = style;
  }
  loaded.reindex(used);
  *this = std::move(loaded);
  return true;
}

}  // namespace ptyd::screen
