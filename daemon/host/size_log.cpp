#include "daemon/host/size_log.hpp"

namespace ptyd::host {

namespace {

std::uint64_t packed(const Resize& size) noexcept {
  return size.cols | std::uint64_t{size.rows} << 16 | std::uint64_t{size.x_pixels} << 32 |
         std::uint64_t{size.y_pixels} << 48;
}

void append(RingHeader& header, std::uint64_t size, std::uint64_t head) noexcept {
  const std::uint64_t count = header.size_change_count.load();
  WindowSizeChange& change = header.size_changes[count % kSizeChanges];
  change.offset.store(head);
  change.size.store(size);
  header.size_change_count.store(count + 1);
}

}  // namespace

bool is_window_size(const Resize& size) noexcept {
  return size.cols >= 1 && size.cols <= kMaxWindowSize && size.rows >= 1 && size.rows <= kMaxWindowSize;
}

void begin_sizes(RingHeader& header, const Resize& size) noexcept {
  header.window_size.store(packed(size));
  append(header, packed(size), 0);
}

void note_resize(RingHeader& header, const Resize& size, std::uint64_t head) noexcept {
  header.resized_at.store(head);
  header.window_size.store(packed(size));
  append(header, packed(size), head);
  header.resizes.fetch_add(1);
}

}  // namespace ptyd::host
