#include "daemon/screen/link.hpp"

#include <functional>

#include "common/bytes.hpp"

namespace ptyd::screen {

LinkTable::LinkTable() : links_(1) {}

std::uint64_t LinkTable::hash(std::string_view id, std::string_view uri) noexcept {
  const std::hash<std::string_view> hash_text;
  return mix_hash(mix_hash(hash_text(id)) + hash_text(uri));
}

std::uint16_t LinkTable::intern(std::string_view id, std::string_view uri) {
  if (uri.empty() || uri.size() > kMaxUri || id.size() > kMaxId) return 0;
  const std::uint64_t key = hash(id, uri);
  const auto is_same = [&](std::uint16_t other) { return links_[other].uri == uri && links_[other].id == id; };
  if (const auto found = ids_.find(key, is_same); found != 0) return found;
  if (size() >= kMaxLinks || bytes_ + cost(id, uri) > kMaxBytes) {
    full_ = true;
    schedule_.missed();
    return 0;
  }
  std::size_t at = links_.size();
  if (free_.empty()) {
    links_.emplace_back();
  } else {
    at = free_.back();
    free_.pop_back();
  }
  links_[at] = {std::string(id), std::string(uri)};
  bytes_ += cost(id, uri);
  ids_.insert(key, static_cast<std::uint16_t>(at),
              [this](std::uint16_t other) { return hash(links_[other].id, links_[other].uri); });
  return static_cast<std::uint16_t>(at);
}

void LinkTable::sweep(const std::vector<bool>& used) {
  std::vector<bool> kept(links_.size());
  for (std::size_t id = 0; id < kept.size(); ++id) kept[id] = id < used.size() && used[id] && !links_[id].uri.empty();
  reindex(kept);
  schedule_.swept(bytes_);
  full_ = schedule_.tight(bytes_) || size() >= kMaxLinks;
}

void LinkTable::reindex(const std::vector<bool>& used) {
  std::size_t end = links_.size();
  while (end > 1 && !used[end - 1]) --end;
  links_.resize(end);
  free_.clear();
  ids_.clear();
  bytes_ = 0;
  const auto hash_of = [this](std::uint16_t id) { return hash(links_[id].id, links_[id].uri); };
  for (std::size_t at = end; at-- > 1;) {
    const auto id = static_cast<std::uint16_t>(at);
    if (used[at]) {
      ids_.insert(hash_of(id), id, hash_of);
      bytes_ += cost(links_[at].id, links_[at].uri);
    } else {
      links_[at] = {};
      free_.push_back(id);
    }
  }
}

// The number of links, then of each how far its id is from the one before, its id= and its URI.
void LinkTable::save(std::string& out) const {
  append_varint(out, size() - 1);
  std::size_t last = 0;
  for (std::size_t id = 1; id < links_.size(); ++id) {
    if (links_[id].uri.empty()) continue;
    append_varint(out, id - last);
    append_text(out, links_[id].id);
    append_text(out, links_[id].uri);
    last = id;
  }
}

bool LinkTable::load(std::string_view& in) {
  *this = LinkTable();
  std::size_t count = 0;
  if (!take_number(in, count, kMaxLinks - 1)) return false;
  LinkTable loaded;
  std::vector<bool> used(1, true);
  std::size_t total = 0;
  for (; count > 0; --count) {
    std::size_t step = 0;
    std::string_view id;
    std::string_view uri;
    if (!take_number(in, step, kMaxLinks - used.size()) || step == 0) return false;
    if (!take_text(in, id) || !take_text(in, uri)) return false;
    total += cost(id, uri);
    if (uri.empty() || uri.size() > kMaxUri || id.size() > kMaxId || total > kMaxBytes) return false;
    used.resize(used.size() + step);
    used.back() = true;
    loaded.links_.resize(used.size());
    loaded.links_.back() = {std::string(id), std::string(uri)};
  }
  loaded.reindex(used);
  *this = std::move(loaded);
  return true;
}

}  // namespace ptyd::screen
