#include "daemon/session/recording.hpp"

#include <utility>

#include "common/clock.hpp"
#include "daemon/session/recording_work.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kOpenLimit{10};  // also for its first line

}  // namespace

asio::awaitable<Result<std::unique_ptr<Recording>>> Recording::open(asio::any_io_executor executor,
                                                                    RecordingSpec spec) {
  const auto loop = std::make_shared<RecordingLoop>(executor);
  const auto work = std::make_shared<Work>(loop, std::move(spec));
  std::unique_ptr<Recording> recording(new Recording(loop, work));
  work->start_thread();
  const auto until = Clock::now() + kOpenLimit;
  const bool answered = co_await loop->opened.wait_until(until);
  if (!answered) {
    Error slow{errc::deadline_exceeded, "the disk does not make the file " + work->spec.path};
    slow.subject = work->spec.path;
    co_return slow;
  }
  if (work->open_error) {
    work->thread.join();
    co_return *work->open_error;
  }
  co_return std::move(recording);
}

Recording::~Recording() {
  let_go_of_ring();
  loop_->begun.notify();
  work_->stop_thread();
  // A disk that does not answer keeps its thread, and nobody waits for it.
  if (work_->thread.joinable()) work_->thread.detach();
}

void Recording::begin(const RingView& ring, Beginning beginning, std::function<void()> on_end) {
  auto& work = *work_;
  loop_->on_end = std::move(on_end);
  const auto now_ms = unix_ms();
  const auto first_ms = beginning.times.empty() ? now_ms : std::min(now_ms, beginning.times.front().at_ms);
  CastHeader header;
  header.version = work.spec.version;
  header.unix_seconds = first_ms / 1000;
  header.term = beginning.term;
  header.title = beginning.title;
  {
    const std::lock_guard ring_lock(work.ring_mutex);
    work.ring = &ring;
    // The size that it had there; later ones come as events.
    work.next_size = ring.size_changes(0, work.sizes);
    for (const auto& change : work.sizes) {
      if (change.offset > beginning.offset) break;
      beginning.size = {change.size.cols, change.size.rows, 0, 0};
      ++work.next_size;
    }
  }
  header.cols = beginning.size.cols;
  header.rows = beginning.size.rows;
  const std::lock_guard lock(work.mutex);
  work.window = beginning.size;
  work.writer.emplace(header);
  work.position = noted_ = beginning.offset;
  work.began = Clock::now() - std::chrono::milliseconds(now_ms - first_ms);
  for (const auto& time : beginning.times) {
    if (time.offset <= noted_ || time.at_ms > now_ms) continue;
    Work::Item item;
    item.at = std::chrono::milliseconds(time.at_ms - first_ms);
    item.head = noted_ = time.offset;
    work.items.push_back(std::move(item));
  }
  // The header comes before the first event, also of a session that prints nothing.
  Work::Item start;
  start.kind = Work::Item::Kind::header;
  work.items.push_front(std::move(start));
  work.changed.notify_all();
}

asio::awaitable<void> Recording::begun() const {
  const auto loop = loop_;
  co_await loop->begun.wait_until(Clock::now() + kOpenLimit);
}

void Recording::follow() {
  std::uint64_t head = noted_;
  {
    const std::lock_guard lock(work_->ring_mutex);
    if (work_->ring != nullptr) head = work_->ring->head();
  }
  if (head <= noted_) return;
  Work::Item item;
  item.head = head;
  work_->put(std::move(item));
  noted_ = head;
}

void Recording::typed(std::string_view bytes) {
  if (!work_->spec.input) return;
  Work::Item item;
  item.kind = Work::Item::Kind::input;
  item.text = bytes;
  work_->put(std::move(item));
}

void Recording::mark(std::string_view label) {
  Work::Item item;
  item.kind = Work::Item::Kind::marker;
  item.text = label;
  work_->put(std::move(item));
}

void Recording::finish(std::string why, std::string status) {
  if (std::exchange(finishing_, true)) return;
  follow();
  const std::lock_guard lock(work_->mutex);
  work_->stop = true;
  work_->stop_reason = std::move(why);
  work_->exit_status = std::move(status);
  work_->changed.notify_all();
}

void Recording::let_go_of_ring() noexcept {
  const std::lock_guard lock(work_->ring_mutex);
  work_->ring = nullptr;
}

asio::awaitable<void> Recording::discard() {
  if (work_->file) work_->file->remove();
  co_await close();
}

asio::awaitable<void> Recording::close() {
  loop_->on_end = nullptr;
  finish("the session was closed");
  const auto until = Clock::now() + kCloseLimit;
  bool over = !status().active;
  if (!over) over = co_await loop_->over.wait_until(until);
  let_go_of_ring();
  if (over && work_->thread.joinable()) work_->thread.join();
}

RecordingStatus Recording::status() const {
  RecordingStatus status;
  status.spec = work_->spec;
  status.since_ms = work_->since_ms;
  const std::lock_guard lock(work_->mutex);
  status.bytes = work_->bytes;
  status.lost = work_->lost;
  status.active = work_->active;
  status.ended = work_->ended;
  return status;
}

}  // namespace ptyd
