// Hyperlinks, OSC 8, each stored once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/screen/id_index.hpp"
#include "daemon/screen/sweep_schedule.hpp"

namespace ptyd::screen {

struct Link {
  std::string id;   // the id= parameter, may be empty
  std::string uri;  // never empty for an id other than 0
  bool operator==(const Link&) const = default;
};

// Links by 16-bit id; 0 is no link. Ids stay what they are until sweep(). Bounded in bytes.
// Source: the OSC 8 proposal "Hyperlinks in Terminal Emulators".
class LinkTable {
 public:
  static constexpr std::size_t kMaxUri = 4096;       // longer links are not kept
  static constexpr std::size_t kMaxId = 256;         // nor links with a longer id
  static constexpr std::size_t kMaxBytes = 1 << 20;  // of all

  LinkTable();
  // 0 when `uri` is empty or too long, or the table is full (full() is true then until a sweep freed some).
  std::uint16_t intern(std::string_view id, std::string_view uri);
  const Link& operator[](std::uint16_t id) const noexcept { return links_[id < links_.size() ? id : 0]; }
  std::size_t size() const noexcept { return links_.size() - free_.size(); }
  // There is no room, or too little for the next sweep to pay: after a sweep this says that scrollback has to go.
  bool full() const noexcept { return full_; }
  bool wants_sweep() const noexcept { return schedule_.due(bytes_); }
  // Frees every id for which used[id] is false. `used` has 65536 entries.
  void sweep(const std::vector<bool>& used);
  std::size_t bytes() const noexcept { return bytes_; }

  // For checkpoints: all links with their ids. load() takes the table off the front of `in`; false when it is none, and
  // then this one is empty.
  void save(std::string& out) const;
  bool load(std::string_view& in);

 private:
  static constexpr std::size_t kMaxLinks = 65535;
  static constexpr std::size_t kSweepFrom = kMaxBytes / 8;
  // What a link costs, with its entry in the index.
  static std::size_t cost(std::string_view id, std::string_view uri) noexcept {
    return sizeof(Link) + 4 * sizeof(std::uint16_t) + id.size() + uri.size();
  }
  static std::uint64_t hash(std::string_view id, std::string_view uri) noexcept;
  void reindex(const std::vector<bool>& used);

  std::vector<Link> links_;
  std::vector<std::uint16_t> free_;
  IdIndex<std::uint16_t> ids_;
  SweepSchedule schedule_{kSweepFrom, kMaxBytes};
  std::size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace ptyd::screen
