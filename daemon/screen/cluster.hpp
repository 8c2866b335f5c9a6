// Cells that hold more than one code point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/screen/id_index.hpp"
#include "daemon/screen/sweep_schedule.hpp"

namespace ptyd::screen {

// Clusters by id, at most kMaxCodePoints code points each; what comes beyond is dropped. Only the cells of the two
// screens refer to it (scrollback has the text itself), so it is bounded by them. Ids stay what they are until sweep().
class ClusterTable {
 public:
  static constexpr std::size_t kMaxCodePoints = 16;
  static constexpr std::size_t kMaxEntries = 1 << 20;

  // The id of these code points; `text` has 2 to kMaxCodePoints. Nothing is stored when the table is full: then it
  // returns 0, which means U+FFFD.
  std::uint32_t intern(std::u32string_view text);
  // Valid until the next intern() or sweep().
  std::u32string_view operator[](std::uint32_t id) const noexcept;
  std::size_t size() const noexcept { return clusters_.size() - free_.size(); }
  bool wants_sweep() const noexcept { return schedule_.due(size()); }
  // Frees every id for which used[id] is false; ids from used.size() on are free, too.
  void sweep(const std::vector<bool>& used);
  std::size_t bytes() const noexcept;

  // For checkpoints: all clusters with their ids. load() takes the table off the front of `in`; false when it is none,
  // and then this one is empty.
  void save(std::string& out) const;
  bool load(std::string_view& in);

 private:
  static constexpr std::size_t kSweepFrom = 4096;
  // Where in pool_ a cluster is. The entry for id 1 is the first.
  struct Entry {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;  // 0: the id is free
  };
  static std::uint64_t hash(std::u32string_view text) noexcept;
  bool used(std::uint32_t id) const noexcept { return id - 1 < clusters_.size() && clusters_[id - 1].size > 0; }
  void append(Entry& entry, std::u32string_view text);
  void reindex();

  std::vector<Entry> clusters_;
  std::vector<std::uint32_t> free_;
  std::u32string pool_;
  IdIndex<std::uint32_t> ids_;
  SweepSchedule schedule_{kSweepFrom, kMaxEntries};
};

}  // namespace ptyd::screen
