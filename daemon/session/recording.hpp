// A session's output in a file, written by a thread of its own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "daemon/core/output_clock.hpp"
#include "daemon/core/size_policy.hpp"
#include "daemon/hostwire/ring_view.hpp"

namespace ptyd {

struct RecordingSpec {
  std::string path;  // absolute; there is nothing of that name yet
  unsigned version = 2;
  bool input = false;
  std::uint64_t max_bytes = 0;
};

// What is told of a recording.
struct RecordingStatus {
  RecordingSpec spec;
  std::uint64_t since_ms = 0;
  std::uint64_t bytes = 0;  // of the file
  std::uint64_t lost = 0;   // bytes of output that were overwritten before they could be read
  bool active = true;
  std::string ended;  // why, when it is not active
};

struct RecordingLoop;

// Reads the ring as the file takes it and never holds it: a disk that is too slow loses output, which a marker in the
// file tells. Owned by its session; its thread lives on when the disk does not answer, and touches nothing of ours then.
// Thread: the loop's.
class Recording {
 public:
  static constexpr std::uint64_t kUsualMaxBytes = std::uint64_t{1} << 30;
  static constexpr std::uint64_t kLeastMaxBytes = 4096;
  // What one write may take when the session closes.
  static constexpr std::chrono::seconds kCloseLimit{2};

  // Makes the file. Errors: already_exists, and those of the system; deadline_exceeded when the disk does not answer.
  static boost::asio::awaitable<Result<std::unique_ptr<Recording>>> open(boost::asio::any_io_executor executor,
                                                                         RecordingSpec spec);
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  // Without close() before it: what was not written is lost.
  ~Recording();

  struct Beginning {
    std::string title;
    std::string term;
    WindowSize size;             // at `offset`, unless the ring knows
    std::uint64_t offset = 0;    // output from here on
    std::vector<OutputTime> times;  // when output behind it came
  };
  // `on_end`: the recording has ended by itself; called on the loop, unless close() is.
  void begin(const RingView& ring, Beginning beginning, std::function<void()> on_end);
  // Until the file can be played, whatever becomes of this process. Returns as well when the recording has ended, and
  // when the disk takes nothing.
  boost::asio::awaitable<void> begun() const;
  // There is output.
  void follow();
  // Output up to here was taken note of.
  std::uint64_t noted() const noexcept { return noted_; }
  void typed(std::string_view bytes);
  void mark(std::string_view label);
  // Ends it with what there is; on_end follows. `status`: of the program, for a file that has room for it.
  void finish(std::string why, std::string status = {});
  // The ring is not touched any more when it returns.
  void let_go_of_ring() noexcept;
  // Takes the file away again, of a recording that never began.
  boost::asio::awaitable<void> discard();
  boost::asio::awaitable<void> close();

  RecordingStatus status() const;

 private:
  struct Work;
  Recording(std::shared_ptr<RecordingLoop> loop, std::shared_ptr<Work> work)
      : loop_(std::move(loop)), work_(std::move(work)) {}

  std::shared_ptr<RecordingLoop> loop_;
  std::shared_ptr<Work> work_;
  std::uint64_t noted_ = 0;
  bool finishing_ = false;
};

}  // namespace ptyd
