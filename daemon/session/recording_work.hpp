// What a recording and its thread share.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "common/asciicast.hpp"
#include "common/async_event.hpp"
#include "common/new_file.hpp"
#include "daemon/session/recording.hpp"

namespace ptyd {

// The loop's part, which the thread reaches by posting only, and not after the recording has gone.
struct RecordingLoop {
  explicit RecordingLoop(boost::asio::any_io_executor ex) : executor(ex), opened(ex), begun(ex), over(ex) {}
  boost::asio::any_io_executor executor;
  AsyncEvent opened;
  AsyncEvent begun;
  AsyncEvent over;
  std::function<void()> on_end;
};

// Held by the recording and by its thread.
struct Recording::Work : std::enable_shared_from_this<Recording::Work> {
  using Time = std::chrono::microseconds;
  // One thing to write, in order. Output is read from the ring when its turn comes.
  struct Item {
    enum class Kind : std::uint8_t { header, output, input, marker };
    Kind kind = Kind::output;
    Time at{0};
    std::uint64_t head = 0;  // output up to here
    std::string text{};      // input, marker
  };
  // Beyond it, output is noted with the last item, and what is typed is left out.
  static constexpr std::size_t kMaxItems = 4096;
  static constexpr std::size_t kMaxText = std::size_t{1} << 20;
  static constexpr std::size_t kPiece = std::size_t{64} * 1024;

  Work(std::shared_ptr<RecordingLoop> side, RecordingSpec wanted);
  void start_thread();
  void run();
  void give_up() noexcept;
  void stop_thread() noexcept;
  void tell(AsyncEvent RecordingLoop::* what);
  void tell_ended();

  bool put(Item item);
  void write_items(std::deque<Item>& batch, std::string& out);
  void write_output(const Item& item, std::string& out);
  std::string read(std::uint64_t offset, std::uint64_t until);
  std::uint64_t apply_sizes(Time at, std::string& out);
  void skip_to(std::uint64_t oldest, Time at, std::string& out);
  void flush(std::string& out);
  void end(std::string why);

  const RecordingSpec spec;
  const std::uint64_t since_ms;

  std::thread thread;  // the loop's

  // Both sides', under the mutex.
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<RecordingLoop> loop;  // none: nobody is to be told any more
  std::optional<Error> open_error;
  std::deque<Item> items;
  std::size_t text_bytes = 0;
  std::optional<std::chrono::steady_clock::time_point> began;
  bool stop = false;
  std::string stop_reason;
  std::string exit_status;
  std::uint64_t bytes = 0;
  std::uint64_t lost = 0;
  bool active = true;
  std::string ended;

  std::mutex ring_mutex;  // held while the ring is read
  const RingView* ring = nullptr;

  // The thread's, once it began.
  std::optional<NewFile> file;
  std::optional<CastWriter> writer;
  std::uint64_t position = 0;
  std::uint64_t next_size = 0;
  std::vector<SizeChange> sizes;
  WindowSize window{};
};

}  // namespace ptyd
