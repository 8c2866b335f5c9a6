// Finds the ids of a table by what they stand for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ptyd::screen {

// Spreads a hash over all bits. Differs from run to run where the system loads programs at random addresses, so that a
// program cannot choose values that collide.
inline std::uint64_t mix_hash(std::uint64_t value) noexcept {
  static const char kAnchor = 0;
  value ^= static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&kAnchor));
  value = (value ^ value >> 32) * 0x9e3779b97f4a7c15u;
  value = (value ^ value >> 29) * 0xbf58476d1ce4e5b9u;
  return value ^ value >> 32;
}

// An open hash table of ids; 0 is none of them. Single ids cannot be taken out: a table that frees some builds its
// index anew.
template <class Id>
class IdIndex {
 public:
  // The id with this hash for which `matches(id)` is true, or 0.
  template <class Matches>
  Id find(std::uint64_t hash, Matches matches) const {
    if (slots_.empty()) return 0;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      const Id id = slots_[at];
      if (id == 0 || matches(id)) return id;
    }
  }
  // `hash_of(id)` gives the hash of an id that is in the index.
  template <class HashOf>
  void insert(std::uint64_t hash, Id id, HashOf hash_of) {
    if ((count_ + 1) * 2 > slots_.size()) grow(hash_of);
    place(hash, id);
    ++count_;
  }
  void clear() noexcept {
    slots_ = {};
    count_ = 0;
  }
  std::size_t bytes() const noexcept { return slots_.capacity() * sizeof(Id); }

 private:
  template <class HashOf>
  void grow(HashOf hash_of) {
    const std::vector<Id> old = std::move(slots_);
    slots_.assign(old.empty() ? 16 : old.size() * 2, 0);
    for (const Id id : old) {
      if (id != 0) place(hash_of(id), id);
    }
  }
  void place(std::uint64_t hash, Id id) noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = id;
  }

  std::vector<Id> slots_;  // a power of two, at most half of them taken
  std::size_t count_ = 0;
};

}  // namespace ptyd::screen
