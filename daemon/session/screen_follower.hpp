// A session's screen, kept up with its output.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/command_log.hpp"
#include "daemon/hostwire/ring_view.hpp"
#include "daemon/screen/terminal.hpp"
#include "daemon/session/screen_thread.hpp"
#include "daemon/session/screen_watches.hpp"

namespace ptyd {

// What a piece of output made the screen say. Delivered on the loop, in order.
struct ScreenNews {
  struct Answer {
    std::string text;
    std::uint64_t offset = 0;  // of its first byte among all answers since the session began
    bool color = false;        // a colour that the program has not set itself
    bool position = false;     // of the cursor
    bool late = false;         // the question is older than this daemon, and nobody waits for the answer
  };
  std::uint64_t parsed = 0;  // output before this is on the screen
  std::vector<Answer> answers;
  std::optional<std::string> checkpoint;  // for ScreenSetup, of `checkpoint_at`
  std::uint64_t checkpoint_at = 0;
  std::uint64_t restored_at = 0;  // of the checkpoint that it went on from
  bool approximate = false;  // the screen was rebuilt from output whose beginning is lost
  static constexpr std::size_t kMaxCommands = 2048;
  static constexpr std::size_t kMaxCommandTexts = 256 * 1024;
  std::optional<std::string> title;  // the newest, when it was set
  std::optional<std::string> cwd;
  std::uint64_t bells = 0;
  std::vector<CommandMark> commands;  // in order; without times
  std::size_t old_commands = 0;       // so many of them are no news: they were told to a daemon before this one
  std::size_t command_texts = 0;      // bytes
  std::uint64_t commands_skipped = 0;
  std::uint64_t generation = 0;  // of the screen
  std::vector<ScreenWatches::Hit> hits;  // what was waited for
};

struct ScreenSetup {
  screen::ScrollbackLimits scrollback;
  std::uint64_t checkpoint_bytes = 0;  // a checkpoint each time this much was read
  std::string checkpoint;              // to go on from; may be empty, old or broken
  std::uint64_t late_before = 0;       // answers to questions before this offset are late
  std::uint64_t told_before = 0;       // what output before this offset said is no news
};

// Follows the ring of one session, on the screen thread; what is little is read at once on the loop, which is cheaper
// than waking a thread. Held by its session and by its jobs; one that waits on the loop may outlive the screen thread.
// Thread: the loop's.
class ScreenFollower final : public std::enable_shared_from_this<ScreenFollower>, private screen::TerminalListener {
 public:
  using NewsHandler = std::function<void(ScreenNews&&)>;
  // Called when there was no more output: follow() is wanted when there is some.
  using IdleHandler = std::function<void()>;
  // Looks at the screen, on the screen thread or on the loop. `approximate`: what it shows was rebuilt from output
  // whose beginning is lost.
  using Look = std::function<void(const screen::Terminal& terminal, bool approximate)>;
  // True: the look was had. False: the follower was stopped, or memory ran out.
  using Done = std::function<void(bool)>;

  ScreenFollower(ScreenThread& thread, boost::asio::any_io_executor loop, const RingView& ring, NewsHandler on_news,
                 IdleHandler on_idle);

  // Begins at the checkpoint, or as far back as the ring reaches. The caller holds the ring there.
  void start(ScreenSetup setup);
  // There may be more output, or another size.
  void follow();
  // `look` sees the screen with all output that there is now; it waits at most kSyncWait for the end of an update that
  // the program wants shown as one (mode 2026). `done` runs on the loop, behind the news of what `look` saw.
  void look(Look look, Done done);
  // Looks at what comes until `watch` is done or taken off.
  void watch(std::shared_ptr<ScreenWatch> watch);
  void unwatch(std::shared_ptr<ScreenWatch> watch);
  // Somebody waits for something on the screen. Only from the idle handler.
  bool watched() const noexcept { return !watches_.empty(); }
  // `look` sees the screen now, on the loop. False: the screen has not seen all output yet, or waits for the end of an
  // update; look() can tell when it has.
  bool look_now(const Look& look);
  // The ring is not touched and no news comes any more when it returns, which takes less than a millisecond.
  void stop() noexcept;

  static constexpr std::chrono::milliseconds kSyncWait{150};

 private:
  // Read on the loop at most; on the thread at once, between two looks at who else waits.
  static constexpr std::size_t kInline = 16 * 1024;
  static constexpr std::size_t kSlice = 128 * 1024;
  static constexpr std::uint64_t kCheckpointSizes = host::kSizeChanges / 2;
  // Patterns that are waited for and take more steps for a byte than this are not matched on the loop.
  static constexpr std::uint64_t kInlineCost = 4096;

  struct Pending {
    Look look;
    Done done;
    std::uint64_t head;
    std::chrono::steady_clock::time_point patience;
  };

  void idle();
  bool may_read_inline() const noexcept;
  void look_at_watches();
  void arm_watch_timer();
  bool catch_up_watches();
  PastOutput read_past(std::uint64_t offset, std::size_t max);
  // As much as is read at once while there are watches.
  std::size_t watched_slice() const noexcept { return watches_.cost() > kInlineCost ? kInline / 4 : kInline; }
  // Runs `job` on the screen thread, and then reads on until there is nothing to do. Counted in jobs_ until all that is
  // over.
  void post_job(std::function<void()> job);
  void finish_job();
  void step();
  bool read_slice(std::size_t bytes);
  std::size_t feed_some(const RingView& ring, std::size_t bytes);
  std::uint64_t apply_sizes(const RingView& ring);
  void serve_looks();
  void answer(Pending& pending, bool seen);
  void make_checkpoint();
  screen::TerminalOptions terminal_options() const;
  void restore(const ScreenSetup& setup);
  void begin_at(std::uint64_t offset);
  void start_over() noexcept;
  ScreenNews take_news();
  void note_cwd();
  void deliver();
  static std::string_view text_of(std::span<const std::byte> bytes) noexcept {
    return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
  }

  void on_query(screen::Query query, std::string_view reply, std::uint64_t offset) override;
  bool is_news() const noexcept;
  void on_bell() override;
  void on_title() override;
  void on_cwd() override;
  void on_shell() override;

  ScreenThread& thread_;
  boost::asio::any_io_executor loop_;
  NewsHandler on_news_;
  IdleHandler on_idle_;
  std::vector<Pending> early_;  // asked for before the start
  boost::asio::steady_timer watch_timer_;
  std::optional<std::chrono::steady_clock::time_point> watch_due_;  // when it was set to
  unsigned jobs_ = 0;           // while there are any, all below is the screen thread's
  bool follow_again_ = false;
  bool started_ = false;

  std::unique_ptr<screen::Terminal> terminal_;
  bool stepping_ = false;
  bool approximate_ = false;
  std::uint64_t next_size_ = 0;  // number of the change of size to apply next
  std::vector<SizeChange> sizes_;
  std::uint64_t answered_ = 0;  // bytes of answers so far
  std::uint64_t checkpoint_at_ = 0;
  std::uint64_t sizes_since_ = 0;  // changes of size behind that
  ScreenSetup setup_;
  std::vector<Pending> pending_;
  ScreenWatches watches_;
  ScreenNews news_;
  bool command_runs_ = false;
  std::shared_ptr<const std::string> cwd_;

  std::mutex ring_mutex_;  // held while the ring is read
  const RingView* ring_;   // none: stopped
};

}  // namespace ptyd
