#include "daemon/hostwire/ring_view.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <utility>

#include "daemon/hostwire/ring_memory.hpp"

namespace ptyd {

namespace {

// No session writes this much; sums of offsets below it can't overflow.
constexpr std::uint64_t kMaxOffset = std::uint64_t{1} << 62;
constexpr std::uint16_t kMaxCells = 10'000;

std::uint16_t cells(std::uint64_t packed) noexcept {
  return std::clamp<std::uint16_t>(static_cast<std::uint16_t>(packed), 1, kMaxCells);
}

const host::SessionTimes& times_in(const host::RingHeader* header) noexcept {
  const auto* const page = static_cast<const std::byte*>(static_cast<const void*>(header));
  return *static_cast<const host::SessionTimes*>(static_cast<const void*>(page + host::kSessionTimesOffset));
}

host::Resize unpacked(std::uint64_t packed) noexcept {
  return {cells(packed), cells(packed >> 16), static_cast<std::uint16_t>(packed >> 32),
          static_cast<std::uint16_t>(packed >> 48)};
}

const char* problem_of(const host::RingHeader& header, std::uint64_t capacity, std::size_t mapped) {
  if (header.magic != host::kRingMagic) return "it is no ring";
  if (header.version != host::kProtocolVersion) return "its version is unknown";
  if (header.data_offset != host::kDataOffset) return "its data is not where it should be";
  if (!std::has_single_bit(capacity) || capacity < host::kMinRing || capacity > host::kMaxRing)
    return "its capacity is not a power of two between 64 KiB and 1 GiB";
  return capacity > mapped - host::kDataOffset ? "it is shorter than its capacity" : nullptr;
}

}  // namespace

Error bad_ring(const char* why) {
  Error error;
  error.code = errc::malformed;
  error.message = std::string("the host's ring can't be used: ") + why;
  error.hint = "the host is of another build or damaged: end the session and start it anew";
  return error;
}

bool is_ring_size(std::uint64_t bytes) noexcept {
  // Where sizes are rounded up to whole pages.
  constexpr std::uint64_t kMaxPage = 64 * 1024;
  return bytes >= host::kDataOffset + host::kMinRing && bytes <= host::kDataOffset + host::kMaxRing + kMaxPage;
}

Result<RingView> RingView::map(const UniqueHandle& ring, RingAccess access) {
  const auto memory = map_ring(ring, access);
  if (!memory) return memory.error();
  auto* const header = static_cast<host::RingHeader*>(memory->start);
  const std::uint64_t capacity = header->capacity;  // read once: it may change under us
  RingView view(header, memory->bytes, capacity);
  if (const char* const problem = problem_of(*header, capacity, memory->bytes)) return bad_ring(problem);
  return view;
}

RingView::RingView(RingView&& other) noexcept
    : header_(std::exchange(other.header_, nullptr)),
      mapped_bytes_(std::exchange(other.mapped_bytes_, 0)),
      capacity_(other.capacity_),
      highest_head_(other.highest_head_.load()) {}

RingView& RingView::operator=(RingView&& other) noexcept {
  std::swap(header_, other.header_);
  std::swap(mapped_bytes_, other.mapped_bytes_);
  std::swap(capacity_, other.capacity_);
  other.highest_head_.store(highest_head_.exchange(other.highest_head_.load()));
  return *this;
}

RingView::~RingView() {
  if (header_ != nullptr) unmap_ring({header_, mapped_bytes_});
}

RingView::RingView(host::RingHeader* header, std::size_t mapped_bytes, std::uint64_t capacity) noexcept
    : header_(header), mapped_bytes_(mapped_bytes), capacity_(capacity) {}

std::uint64_t RingView::head() const noexcept {
  // In this order: the host keeps reserve >= head at every moment, so a later look at it is no lower.
  const std::uint64_t head = header_->head.load();
  const std::uint64_t now = std::min({head, header_->reserve.load(), kMaxOffset});
  std::uint64_t highest = highest_head_.load();
  while (now > highest && !highest_head_.compare_exchange_weak(highest, now)) {
  }
  return std::max(now, highest);
}

std::uint64_t RingView::oldest() const noexcept {
  const std::uint64_t reserve = header_->reserve.load();
  return reserve > capacity_ ? std::min(reserve - capacity_, head()) : 0;
}

std::uint64_t RingView::hold(std::uint64_t offset) noexcept {
  // The host stores reserve, then loads floor; we store floor, then load reserve: one of us sees the other.
  header_->floor.store(offset);
  const std::uint64_t reserve = header_->reserve.load();
  return std::max(offset, reserve > capacity_ ? std::min(reserve - capacity_, kMaxOffset) : 0);
}

void RingView::release() noexcept { header_->floor.store(host::kNoFloor); }
std::uint64_t RingView::floor() const noexcept { return header_->floor.load(); }

host::FloorNames& RingView::name_table() const noexcept {
  auto* const page = static_cast<std::byte*>(static_cast<void*>(header_));
  return *static_cast<host::FloorNames*>(static_cast<void*>(page + host::kFloorNamesOffset));
}

// What stays is not moved. A count that is too high only makes the next daemon wait.
void RingView::set_floor_holders(std::uint32_t count, std::span<const std::uint64_t> names) noexcept {
  auto& table = name_table().names;
  header_->floor_holders.store(std::max(count, floor_holders()));
  for (auto& name : table)
    if (std::find(names.begin(), names.end(), name.load()) == names.end()) name.store(0);
  auto* free = std::begin(table);
  for (const std::uint64_t name : names) {
    if (name == 0) continue;
    if (std::find(std::begin(table), std::end(table), name) != std::end(table)) continue;
    free = std::find(free, std::end(table), std::uint64_t{0});
    if (free == std::end(table)) break;
    free->store(name);
  }
  header_->floor_holders.store(count);
}

std::vector<std::uint64_t> RingView::floor_names() const {
  std::vector<std::uint64_t> names;
  for (const auto& name : name_table().names)
    if (const std::uint64_t found = name.load(); found != 0) names.push_back(found);
  return names;
}
std::uint32_t RingView::floor_holders() const noexcept { return header_->floor_holders.load(); }
bool RingView::host_waits() const noexcept { return header_->waiting_at_floor.load() != 0; }

RingSpans RingView::read(std::uint64_t offset, std::size_t max) const noexcept {
  const std::uint64_t end = head();
  if (offset < oldest() || offset >= end) return {};
  const std::uint64_t size = std::min<std::uint64_t>({max, end - offset, capacity_});
  const std::uint64_t at = offset & (capacity_ - 1);
  const std::uint64_t first = std::min(size, capacity_ - at);
  const auto* const data = static_cast<const std::byte*>(static_cast<const void*>(header_)) + host::kDataOffset;
  return {{data + at, static_cast<std::size_t>(first)}, {data, static_cast<std::size_t>(size - first)}};
}

bool RingView::arm_output(std::uint64_t seen) noexcept {
  const bool asked_before = header_->output_armed.exchange(1) != 0;
  // Asked before we look: output from now on finds the request. A host in a burst looks when it ends.
  if (head() <= seen || header_->burst.load() != 0) return true;
  // Not that of another one, who sleeps: the host may not have looked yet.
  if (!asked_before) header_->output_armed.store(0);
  return false;
}

bool RingView::arm_input(std::uint64_t taken, std::uint64_t written) noexcept {
  header_->input_armed.store(1);
  if (input_taken() == taken && input_written() == written) return true;
  header_->input_armed.store(0);
  return false;
}

std::uint64_t RingView::input_taken() const noexcept { return header_->input_taken.load(); }
std::uint64_t RingView::input_reached() const noexcept {
  std::uint64_t reached = input_taken();
  for (const auto& stream : header_->streams) reached = std::max(reached, stream.used.load());
  return std::min(reached, kMaxOffset);
}

std::uint64_t RingView::input_written() const noexcept { return header_->input_written.load(); }
std::uint64_t RingView::guests_taken() const noexcept { return header_->guests_taken.load(); }
std::uint64_t RingView::long_lines() const noexcept { return header_->long_lines.load(); }

bool RingView::input_streams_full() const noexcept {
  return std::all_of(std::begin(header_->streams), std::end(header_->streams),
                     [](const host::InputStream& stream) { return stream.used.load() != 0; });
}

bool RingView::input_stream(const std::array<std::uint8_t, 16>& id, std::uint64_t& accepted) const noexcept {
  for (const auto& stream : header_->streams) {
    const std::uint64_t used = stream.used.load();
    if (used == 0 || std::memcmp(stream.id, id.data(), id.size()) != 0) continue;
    const std::uint64_t count = stream.accepted.load();
    // The slot may have been given to another stream meanwhile: it is free while that happens.
    if (stream.used.load() == 0 || std::memcmp(stream.id, id.data(), id.size()) != 0) continue;
    accepted = std::min(count, kMaxOffset);
    return true;
  }
  return false;
}

host::State RingView::state() const noexcept {
  const auto state = header_->state.load();
  return state <= static_cast<std::uint32_t>(host::State::exited) ? static_cast<host::State>(state)
                                                                  : host::State::running;
}

bool RingView::stream_ended() const noexcept { return header_->stream_ended.load() != 0; }

host::ExitKind RingView::exit_kind() const noexcept {
  const std::uint32_t kind = header_->exit_kind;
  return kind <= static_cast<std::uint32_t>(host::ExitKind::unknown) ? static_cast<host::ExitKind>(kind)
                                                                     : host::ExitKind::unknown;
}

std::uint32_t RingView::exit_value() const noexcept { return header_->exit_value; }
std::uint64_t RingView::exit_unix_ms() const noexcept { return header_->exit_unix_ms; }

std::optional<ProgramUsage> RingView::usage() const noexcept {
  const auto* const page = static_cast<const std::byte*>(static_cast<const void*>(header_));
  const auto& usage = *static_cast<const host::EndUsage*>(static_cast<const void*>(page + host::kEndUsageOffset));
  if (state() != host::State::exited || usage.known.load(std::memory_order_acquire) != 1) return std::nullopt;
  return ProgramUsage{usage.user_us, usage.system_us, usage.max_rss_bytes};
}

std::uint64_t RingView::started_unix_ms() const noexcept { return header_->started_unix_ms; }
std::uint64_t RingView::started_boot_ns() const noexcept { return times_in(header_).started_ns; }
std::uint64_t RingView::exit_boot_ns() const noexcept { return times_in(header_).ended_ns; }
std::uint64_t RingView::last_output_unix_ms() const noexcept { return header_->last_output_unix_ms.load(); }

host::Resize RingView::window_size() const noexcept { return unpacked(header_->window_size.load()); }

std::uint64_t RingView::size_changes(std::uint64_t from, std::vector<SizeChange>& changes) const {
  changes.clear();
  // The oldest entry may be on its way to become the next one.
  const auto oldest = [](std::uint64_t count) {
    return count + 1 - std::min<std::uint64_t>(count + 1, host::kSizeChanges);
  };
  const std::uint64_t count = header_->size_change_count.load();
  if (count > kMaxOffset || from >= count) return from;
  const auto first = std::max(from, oldest(count));
  for (auto number = first; number < count; ++number) {
    const auto& change = header_->size_changes[number % host::kSizeChanges];
    changes.push_back({std::min(change.offset.load(), kMaxOffset), unpacked(change.size.load())});
  }
  const auto lost = std::min(std::max(first, oldest(header_->size_change_count.load())), count) - first;
  changes.erase(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(lost));
  return first + lost;
}

std::uint64_t RingView::resizes() const noexcept { return header_->resizes.load(); }
std::uint32_t RingView::child_pid() const noexcept { return header_->child_pid; }
std::uint32_t RingView::host_pid() const noexcept { return header_->host_pid; }

}  // namespace ptyd
