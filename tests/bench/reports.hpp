// The FIFOs between a meter and bench_child, see there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ptyd::bench {

class Reports {
 public:
  explicit Reports(const std::string& folder);
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;
  ~Reports();

  void start_child() const;

  // A size that the program was told, and when, by the monotonic clock in nanoseconds.
  struct Size {
    std::int64_t time;
    unsigned columns;
  };
  // Nothing: there is no report within that time.
  std::optional<Size> next_size(int within_ms);

 private:
  int start_ = -1;
  int report_ = -1;
  std::string unread_;
};

}  // namespace ptyd::bench
