// Recording: what its thread does.
#include "daemon/session/recording_work.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <new>
#include <utility>

#include "common/clock.hpp"

namespace ptyd {

namespace asio = boost::asio;

Recording::Work::Work(std::shared_ptr<RecordingLoop> side, RecordingSpec wanted)
    : spec(std::move(wanted)), since_ms(unix_ms()), loop(std::move(side)) {}

void Recording::Work::start_thread() {
  thread = std::thread([self = shared_from_this()] {
    try {
      self->run();
    } catch (const std::bad_alloc&) {
      self->give_up();
    }
  });
}

void Recording::Work::give_up() noexcept {
  try {
    end("the daemon is out of memory");
  } catch (const std::bad_alloc&) {
    // Nobody can be told; whoever asks finds that it has ended.
    const std::lock_guard lock(mutex);
    active = false;
  }
}

void Recording::Work::stop_thread() noexcept {
  const std::lock_guard lock(mutex);
  stop = true;
  loop.reset();
  changed.notify_all();
}

void Recording::Work::tell(AsyncEvent RecordingLoop::* what) {
  const std::lock_guard lock(mutex);
  if (loop) asio::post(loop->executor, [side = loop, what] { ((*side).*what).notify(); });
}

void Recording::Work::tell_ended() {
  const std::lock_guard lock(mutex);
  if (!loop) return;
  asio::post(loop->executor, [side = loop] {
    side->begun.notify();
    side->over.notify();
    if (const auto handler = std::exchange(side->on_end, nullptr)) handler();
  });
}

void Recording::Work::run() {
  auto made = NewFile::create(spec.path);
  if (!made) {
    {
      const std::lock_guard lock(mutex);
      open_error = made.error();
      active = false;
    }
    return tell(&RecordingLoop::opened);
  }
  file.emplace(std::move(*made));
  tell(&RecordingLoop::opened);
  std::string out;
  bool begun = false;
  for (;;) {
    std::deque<Item> batch;
    bool last = false;
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return stop || !items.empty(); });
      batch.swap(items);
      text_bytes = 0;
      last = stop;
    }
    if (writer) write_items(batch, out);
    if (writer && !std::exchange(begun, true)) tell(&RecordingLoop::begun);
    if (last) break;
    if (!active) return;
  }
  std::string why;
  std::string status;
  Time at{0};
  {
    const std::lock_guard lock(mutex);
    why = stop_reason;
    status = exit_status;
    if (began) at = std::chrono::duration_cast<Time>(std::chrono::steady_clock::now() - *began);
  }
  if (!active) return;
  if (writer) {
    apply_sizes(at, out);
    writer->finish(at, status, out);
    flush(out);
  }
  end(std::move(why));
}

void Recording::Work::write_items(std::deque<Item>& batch, std::string& out) {
  for (const auto& item : batch) {
    if (!active) return;
    switch (item.kind) {
      case Item::Kind::header: writer->header(out); break;
      case Item::Kind::output: break;
      case Item::Kind::input: writer->input(item.at, item.text, out); break;
      case Item::Kind::marker: writer->marker(item.at, item.text, out); break;
    }
    write_output(item, out);
  }
  flush(out);
}

void Recording::Work::write_output(const Item& item, std::string& out) {
  if (position >= item.head) return;
  while (active && position < item.head) {
    const auto until = std::min({item.head, apply_sizes(item.at, out), position + kPiece});
    const auto piece = read(position, until);
    if (piece.empty()) {
      std::uint64_t oldest = item.head;
      {
        const std::lock_guard lock(ring_mutex);
        if (ring == nullptr) return;
        oldest = ring->oldest();
      }
      skip_to(std::min(std::max(oldest, position + 1), item.head), item.at, out);
      continue;
    }
    writer->output(item.at, piece, out);
    position += piece.size();
    if (out.size() >= kPiece) flush(out);
  }
}

// Nothing: it is gone, or was overwritten while it was read.
std::string Recording::Work::read(std::uint64_t offset, std::uint64_t until) {
  std::string copy;
  const std::lock_guard lock(ring_mutex);
  if (ring == nullptr || ring->oldest() > offset) return copy;
  const auto spans = ring->read(offset, until - offset);
  copy.reserve(spans.size());
  for (const auto& span : {spans.first, spans.second})
    copy.append(static_cast<const char*>(static_cast<const void*>(span.data())), span.size());
  if (ring->oldest() > offset) copy.clear();
  return copy;
}

// Writes the size that the window has at `position`; returns the offset up to which it keeps it.
std::uint64_t Recording::Work::apply_sizes(Time at, std::string& out) {
  {
    const std::lock_guard lock(ring_mutex);
    if (ring == nullptr) return ~std::uint64_t{0};
    next_size = ring->size_changes(next_size, sizes);
  }
  std::uint64_t until = ~std::uint64_t{0};
  for (const auto& change : sizes) {
    if (change.offset > position) {
      until = change.offset;
      break;
    }
    ++next_size;
    if (change.size.cols == window.cols && change.size.rows == window.rows) continue;
    window = {change.size.cols, change.size.rows, 0, 0};
    writer->resize(at, window.cols, window.rows, out);
  }
  return until;
}

void Recording::Work::skip_to(std::uint64_t oldest, Time at, std::string& out) {
  const auto skipped = oldest - position;
  position = oldest;
  writer->marker(at, std::to_string(skipped) + " bytes of output were lost", out);
  const std::lock_guard lock(mutex);
  lost += skipped;
}

// Writes whole lines only: a recording that ends in the middle can still be played.
void Recording::Work::flush(std::string& out) {
  if (!active || out.empty()) return;
  std::string why;
  auto size = out.size();
  if (bytes + size > spec.max_bytes) {
    why = "the file has the size that it may have, " + std::to_string(spec.max_bytes) + " bytes";
    const auto room = static_cast<std::size_t>(spec.max_bytes - bytes);
    const auto end_of_line = room == 0 ? std::string::npos : out.rfind('\n', room - 1);
    size = end_of_line == std::string::npos ? 0 : end_of_line + 1;
  }
  if (auto written = file->append(std::string_view(out).substr(0, size)); !written) {
    why = written.error().message;
    // A part of it may be in the file.
    if (auto cut = file->cut(bytes); !cut) why += "; " + cut.error().message;
    size = 0;
  }
  out.clear();
  {
    const std::lock_guard lock(mutex);
    bytes += size;
  }
  if (!why.empty()) end(std::move(why));
}

void Recording::Work::end(std::string why) {
  {
    const std::lock_guard lock(mutex);
    if (!active) return;
    active = false;
    ended = std::move(why);
  }
  file.reset();
  tell_ended();
}

bool Recording::Work::put(Item item) {
  const std::lock_guard lock(mutex);
  if (!active || stop || !began) return false;
  item.at = std::chrono::duration_cast<Time>(std::chrono::steady_clock::now() - *began);
  if (item.kind == Item::Kind::output && items.size() >= kMaxItems) {
    items.back().head = item.head;
    return true;
  }
  if (text_bytes + item.text.size() > kMaxText || items.size() >= 2 * kMaxItems) return false;
  text_bytes += item.text.size();
  items.push_back(std::move(item));
  changed.notify_all();
  return true;
}

}  // namespace ptyd
