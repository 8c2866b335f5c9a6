#include "daemon/screen/cluster.hpp"

#include <functional>

#include "common/bytes.hpp"

namespace ptyd::screen {

std::uint64_t ClusterTable::hash(std::u32string_view text) noexcept {
  return mix_hash(std::hash<std::u32string_view>()(text));
}

std::u32string_view ClusterTable::operator[](std::uint32_t id) const noexcept {
  if (!used(id)) return U"\ufffd";
  const Entry& entry = clusters_[id - 1];
  return std::u32string_view(pool_).substr(entry.offset, entry.size);
}

void ClusterTable::append(Entry& entry, std::u32string_view text) {
  entry = {static_cast<std::uint32_t>(pool_.size()), static_cast<std::uint32_t>(text.size())};
  pool_.append(text);
}

std::uint32_t ClusterTable::intern(std::u32string_view text) {
  text = text.substr(0, kMaxCodePoints);
  if (text.empty()) return 0;
  const std::uint64_t key = hash(text);
  if (const auto found = ids_.find(key, [&](std::uint32_t id) { return (*this)[id] == text; }); found != 0) {
    return found;
  }
  if (size() >= kMaxEntries) {
    schedule_.missed();
    return 0;
  }
  std::uint32_t id = 0;
  if (free_.empty()) {
    clusters_.emplace_back();
    id = static_cast<std::uint32_t>(clusters_.size());
  } else {
    id = free_.back();
    free_.pop_back();
  }
  append(clusters_[id - 1], text);
  ids_.insert(key, id, [this](std::uint32_t other) { return hash((*this)[other]); });
  return id;
}

void ClusterTable::sweep(const std::vector<bool>& used) {
  const std::u32string old = std::move(pool_);
  pool_ = {};
  for (std::size_t at = 0; at < clusters_.size(); ++at) {
    Entry& entry = clusters_[at];
    const std::u32string_view text = std::u32string_view(old).substr(entry.offset, entry.size);
    const bool keep = !text.empty() && at + 1 < used.size() && used[at + 1];
    entry = {};
    if (keep) append(entry, text);
  }
  reindex();
  schedule_.swept(size());
}

void ClusterTable::reindex() {
  while (!clusters_.empty() && clusters_.back().size == 0) clusters_.pop_back();
  free_.clear();
  ids_.clear();
  const auto hash_of = [this](std::uint32_t id) { return hash((*this)[id]); };
  for (auto id = static_cast<std::uint32_t>(clusters_.size()); id > 0; --id) {
    if (clusters_[id - 1].size > 0) {
      ids_.insert(hash_of(id), id, hash_of);
    } else {
      free_.push_back(id);
    }
  }
}

std::size_t ClusterTable::bytes() const noexcept {
  return clusters_.capacity() * sizeof(Entry) + free_.capacity() * sizeof(std::uint32_t) +
         pool_.capacity() * sizeof(char32_t) + ids_.bytes();
}

// The number of clusters, then of each how far its id is from the one before, its length and its code points.
void ClusterTable::save(std::string& out) const {
  append_varint(out, size());
  std::uint32_t last = 0;
  for (std::uint32_t id = 1; id <= clusters_.size(); ++id) {
    if (!used(id)) continue;
    const std::u32string_view text = (*this)[id];
    append_varint(out, id - last);
    append_varint(out, text.size());
    for (const char32_t character : text) append_varint(out, character);
    last = id;
  }
}

bool ClusterTable::load(std::string_view& in) {
  *this = ClusterTable();
  std::size_t count = 0;
  if (!take_number(in, count, kMaxEntries)) return false;
  ClusterTable loaded;
  for (; count > 0; --count) {
    std::size_t step = 0;
    std::size_t size = 0;
    if (!take_number(in, step, kMaxEntries - loaded.clusters_.size()) || step == 0) return false;
    if (!take_number(in, size, kMaxCodePoints) || size == 0) return false;
    std::u32string text(size, U'\0');
    for (auto& character : text) {
      if (!take_number(in, character, 0x10ffff) || (character >= 0xd800 && character < 0xe000)) return false;
    }
    loaded.clusters_.resize(loaded.clusters_.size() + step);
    loaded.append(loaded.clusters_.back(), text);
  }
  loaded.reindex();
  *this = std::move(loaded);
  return true;
}

}  // namespace ptyd::screen
