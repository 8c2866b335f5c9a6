// One hosted terminal session as the daemon sees it: its host, its attachments, its size, its end.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/async_event.hpp"
#include "common/error.hpp"
#include "common/task_group.hpp"
#include "daemon/core/age.hpp"
#include "daemon/core/answer_queue.hpp"
#include "daemon/core/client_variables.hpp"
#include "daemon/core/floor_return.hpp"
#include "daemon/core/look_pacing.hpp"
#include "daemon/core/mode_scan.hpp"
#include "daemon/core/output_clock.hpp"
#include "daemon/core/size_policy.hpp"
#include "daemon/hostlink/host_link.hpp"
#include "daemon/session/activity.hpp"
#include "daemon/session/attachment.hpp"
#include "daemon/session/event_bus.hpp"
#include "daemon/session/input_queue.hpp"
#include "daemon/session/leases.hpp"
#include "daemon/session/record.hpp"
#include "daemon/session/recording.hpp"
#include "daemon/session/screen_follower.hpp"
#include "daemon/session/waiting.hpp"

namespace ptyd {

// Input a client may have outstanding before it is told how much was taken.
inline constexpr std::uint64_t kInputAckStep = 16 * 1024;

enum class SessionState : std::uint8_t { running, exited, lost };

struct ExitInfo {
  bool known = false;
  std::uint32_t code = 0;
  std::uint32_t signal = 0;
  bool core_dumped = false;
  std::string reason;  // why it is not known
  std::uint64_t at_ms = 0;
  std::uint64_t at_boot_ns = 0;  // BootClock; 0: not known
};

// How the sessions' screens are kept. Without a thread they are not: attaching then replays recent output.
struct ScreenSettings {
  ScreenThread* thread = nullptr;
  std::size_t scrollback_lines = 10'000;
  std::size_t scrollback_bytes = 4 * 1024 * 1024;
};

// Bytes that rebuild the screen at `offset`.
struct ScreenSnapshot {
  std::string bytes;
  std::uint64_t offset = 0;
  std::uint16_t cols = 0;
  std::uint16_t rows = 0;
  bool approximate = false;
};

struct KillSpec {
  using TimePoint = std::chrono::steady_clock::time_point;
  std::uint32_t signal = 0;  // 0: SIGHUP
  std::chrono::milliseconds grace{5000};
  bool force = false;
  bool tree = false;
  std::optional<TimePoint> told_until{};         // it was told already, and has time until then
  std::optional<TimePoint>* progress = nullptr;  // set while it has time; must outlive the call
};

// What somebody claims.
struct LeaseClaim {
  LeaseKind kind = LeaseKind::input;
  std::optional<LeaseDesk::Duration> ttl;  // absent: as long as the client is connected
  bool steal = false;
  std::optional<WindowSize> size;
};

struct SavedSession;
using GuestToken = std::array<std::uint8_t, 16>;

// Bytes of one call of Session::type() on their way to the host.
struct Typing {
  InputStreamId stream{};
  bool own_stream = false;  // the caller's
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t long_lines = 0;  // before
};

// Of a screen, what encoding keys depends on.
TerminalModes modes_of(const screen::State& state);

class Session;
// A session_ended error that names the session.
Error session_ended(const Session& session);

// Held by the SessionTable; attachments and running coroutines hold it too. close() comes before the last of them
// lets go, unless memory ran out on the way. Thread: the loop's.
class Session : public std::enable_shared_from_this<Session> {
 public:
  // How much output is looked through for the modes a program has set.
  static constexpr std::uint64_t kModeScan = 8 * 1024 * 1024;
  // After the program's end, attachments stay this long for output of others that hold the terminal.
  static constexpr std::chrono::milliseconds kLinger{500};
  // A laggard gets a snapshot at most this often.
  static constexpr std::chrono::milliseconds kResyncInterval{100};

  static std::shared_ptr<Session> start(boost::asio::any_io_executor executor, EventBus& events, SessionRecord record,
                                        std::unique_ptr<HostLink> link, const ScreenSettings& screen = {});
  Session(boost::asio::any_io_executor executor, EventBus& events, SessionRecord record,
          std::unique_ptr<HostLink> link);
  ~Session();

  // Tells that it is there, and only then what has happened to it meanwhile. Once, by whoever made it known.
  void announce();
  // For the program that this process will execute: where the session is, and how it goes on there. Between resume()
  // and go_on() its attachments are resumed. Nothing: its host's connection can't be handed over.
  std::optional<SavedSession> save() const;
  static Result<std::shared_ptr<Session>> resume(boost::asio::any_io_executor executor, EventBus& events,
                                                 const SavedSession& saved);
  std::unique_ptr<Attachment> resume_attachment(OutputSink& sink, ClientIdentity client, std::uint64_t max_data,
                                                const SavedAttachment& saved);
  void go_on(const SavedSession& saved, const ScreenSettings& screen);
  // Types answers that wait for something better: what waits is not saved.
  void settle();

  // Ends all attachments with `reason` and lets go of the host, which lives on.
  boost::asio::awaitable<void> close(EndReason reason);

  // Errors: out_of_range, invalid_argument.
  Result<std::unique_ptr<Attachment>> attach(OutputSink& sink, AttachSpec spec);

  // Lets the client of an attachment in to the host: what the host was told of it. `known`: the token that it was let in
  // with by the daemon before this one. Errors: not_found when the attachment is over, and as HostLink::let_in().
  boost::asio::awaitable<Result<host::Grant>> let_in(std::uint64_t client, std::uint32_t number,
                                                     std::optional<GuestToken> known);

  // The newest size wins; the policy becomes `policy`. `by`: who asked.
  WindowSize resize(WindowSize size, SizePolicy policy, const ClientIdentity& by = {});

  // Takes the sole right to type or size, or holds on to it. Completes when a daemon after this one would know of it,
  // too. Errors: busy, session_ended.
  boost::asio::awaitable<Result<Lease>> claim(LeaseUser user, LeaseClaim wanted);
  // Ends what is bound to that connection.
  void client_gone(std::uint64_t client) noexcept;
  Leases& leases() noexcept { return leases_; }
  const Leases& leases() const noexcept { return leases_; }

  // `by` typed that much without an attachment.
  void note_typed(const ClientIdentity& by, std::uint64_t bytes) { activity_.typed(by, bytes); }
  // Types without an attachment. Completes when the host has taken all of it, or with the error and
  // nothing more typed than `accepted` says. Errors: busy (a lease), resource_exhausted, deadline_exceeded,
  // session_ended.
  struct Typed {
    std::uint64_t accepted = 0;     // bytes of this call that were typed
    std::uint64_t next_offset = 0;  // of the stream
    bool line_cut = false;          // a canonical line exceeded the terminal's limit
    std::optional<Error> error;
  };
  // `progress` is set when the bytes are on their way, from where finish_typing() goes on; it must outlive the call.
  boost::asio::awaitable<Typed> type(LeaseUser by, std::optional<InputStreamId> stream, std::uint64_t offset,
                                     std::string data, std::chrono::steady_clock::time_point deadline,
                                     std::optional<Typing>* progress);
  boost::asio::awaitable<Typed> finish_typing(Typing typing, std::chrono::steady_clock::time_point deadline);

  boost::asio::awaitable<Result<void>> signal(std::uint32_t number, host::SignalTarget target);
  // Hangs up, waits, forces. Completes when the program is gone, also when it was already.
  boost::asio::awaitable<Result<ExitInfo>> kill(KillSpec spec);
  // True when the program is gone before `deadline`.
  boost::asio::awaitable<bool> wait_exit(std::chrono::steady_clock::time_point deadline);
  // Events in this list are notified when the program is gone, and when its output is complete.
  std::vector<AsyncEvent*>& exit_waiters() noexcept { return exit_waiters_; }
  // Tells the host to end: only for a session that is not running.
  boost::asio::awaitable<Result<void>> forget();
  boost::asio::awaitable<Result<host::StatusReply>> tty_status();

  // Output [offset, offset + max) that is there, copied.
  std::string copy_output(std::uint64_t offset, std::size_t max);
  // Offset at which the last `lines` lines begin.
  std::uint64_t tail_offset(std::uint32_t lines);
  // Modes the program has set.
  boost::asio::awaitable<TerminalModes> current_modes();
  // Lets `look` see the screen, with all output that there is now; it runs on another thread and owns what it writes
  // to, as the caller may be cancelled. False: it did not run, for this daemon keeps no screens, or memory ran out.
  boost::asio::awaitable<bool> look(ScreenFollower::Look look);
  // The same at once, on the loop, when the screen is up to date; see ScreenFollower.
  bool look_now(const ScreenFollower::Look& look) { return screen_ && screen_->look_now(look); }
  bool keeps_screen() const noexcept { return screen_ != nullptr; }
  // Waits for what the screen will show, until it is taken off. The session must keep its screen.
  void watch(std::shared_ptr<ScreenWatch> watch) { screen_->watch(std::move(watch)); }
  void unwatch(const std::shared_ptr<ScreenWatch>& watch) { screen_->unwatch(watch); }
  // Events in this list are notified when somebody attaches.
  std::vector<AsyncEvent*>& attach_waiters() noexcept { return attach_waiters_; }

  // While one of these is there, nothing is typed but by this daemon, once shut_gates() has completed.
  class GateHold {
   public:
    explicit GateHold(Session& session) noexcept : session_(session) { ++session_.gates_held_; }
    ~GateHold();
    GateHold(const GateHold&) = delete;
    GateHold& operator=(const GateHold&) = delete;

   private:
    Session& session_;
  };
  boost::asio::awaitable<Result<void>> shut_gates();
  // Begins with what comes now, or with the oldest output there is. A session has one recording at a time.
  // Errors: already_exists, session_ended; then `recording` is left as it is.
  Result<void> record(std::unique_ptr<Recording>& recording, bool from_start);
  // Until the file of a recording that was begun can be played, or the recording is over.
  boost::asio::awaitable<void> recording_begun() const;
  bool records() const noexcept { return recording_ && recording_->status().active; }
  // The newest one.
  std::optional<RecordingStatus> recording_status() const;
  // Errors: failed_precondition when there is none.
  Result<void> mark_recording(std::string_view label);
  // Completes when the file does. Errors: failed_precondition, deadline_exceeded.
  boost::asio::awaitable<Result<void>> stop_recording(std::string why, std::chrono::steady_clock::time_point deadline);
  // When output came, as far as this daemon knows.
  const OutputClock& clock() const noexcept { return clock_; }
  // What the shell told of commands, as far as the screen has seen the output.
  const CommandLog& commands() const noexcept { return commands_; }

  // Where the person is who attached last.
  ClientVariables& client_variables() noexcept { return client_variables_; }
  const ClientVariables& client_variables() const noexcept { return client_variables_; }

  void rename(std::string name);
  void set_labels(std::vector<std::pair<std::string, std::string>> labels);

  SessionState state() const noexcept;
  bool running() const noexcept { return state() == SessionState::running; }
  bool stream_ended() const noexcept;
  // The program is gone, and so is what it wrote last: the stream has ended, or others held the terminal for kLinger.
  bool complete() const noexcept;
  std::optional<ExitInfo> exit_info() const;
  const SessionRecord& record() const noexcept { return record_; }
  const SessionId& id() const noexcept { return record_.id; }
  const std::string& name() const noexcept { return record_.name; }
  RingView& ring() noexcept { return link_->ring(); }
  const RingView& ring() const noexcept { return link_->ring(); }
  WindowSize size() const noexcept { return size_; }
  SizePolicy policy() const noexcept { return record_.policy; }
  const std::vector<Attachment*>& attachments() const noexcept { return attachments_; }
  std::uint64_t resyncs() const noexcept { return resyncs_; }
  std::uint64_t child_pid() const noexcept;
  std::uint64_t host_pid() const noexcept { return link_->ring().host_pid(); }
  // From now on another host, of `program` and at `socket_path`, takes over when this one dies, if that is possible.
  boost::asio::awaitable<void> outlive_host(std::string program, std::string socket_path);
  bool rehostable() const noexcept { return running() && link_->replaceable(); }
  bool replacing_host() const noexcept { return link_->replacing(); }
  boost::asio::any_io_executor executor() const noexcept { return executor_; }

 private:
  friend class Attachment;

  void begin(const ScreenSettings& screen);
  void listen_to_host();
  void restore(const SavedSession& saved);
  void on_wake();
  void publish_exit();
  void on_exited();
  void on_stream_end();
  void on_lost(bool fenced);
  void on_replaced(const HostReplaced& replaced);
  boost::asio::awaitable<void> drop_inherited_floor(std::shared_ptr<Session> self);
  boost::asio::awaitable<void> linger(std::shared_ptr<Session> self);
  boost::asio::awaitable<void> live_until(std::shared_ptr<Session> self);
  boost::asio::awaitable<void> nudge_redraw(std::shared_ptr<Session> self);
  void keep_record();
  boost::asio::awaitable<void> put_record(std::shared_ptr<Session> self);

  void begin_screen(const ScreenSettings& settings);
  boost::asio::awaitable<void> start_screen(std::shared_ptr<Session> self, ScreenSettings settings);
  void end_screen() noexcept;
  void follow_screen();
  void on_screen_news(ScreenNews&& news);
  void note_commands(const ScreenNews& news);
  void watch_screen();
  void look_after(std::chrono::milliseconds pause);
  std::uint64_t screen_floor() const noexcept;
  boost::asio::awaitable<void> put_checkpoint(std::shared_ptr<Session> self, std::string content, std::uint64_t offset);
  void take_answers(ScreenNews& news);
  std::optional<std::chrono::steady_clock::time_point> color_deadline(std::chrono::steady_clock::time_point now) const;
  void type_answers(std::chrono::steady_clock::time_point now);
  boost::asio::awaitable<void> wait_for_color(std::shared_ptr<Session> self,
                                              std::chrono::steady_clock::time_point deadline);

  // For attachments.
  // `done` runs later; nothing: the screen can't be had.
  void request_snapshot(const AttachSpec& spec, std::function<void(std::optional<ScreenSnapshot>)> done);
  void learn_color(std::string_view answer);
  bool position_asked() const noexcept;
  // Modes as far as recent output tells.
  TerminalModes modes();
  bool holds(const Attachment& attachment) const;
  void find_floor();
  void holder_came_back(const Attachment& attachment) noexcept;
  void tell_holders(std::size_t count);
  void detach(Attachment* attachment) noexcept;
  void poke_all();
  Result<void> push_input(Attachment& from, std::uint64_t offset, std::string_view data);
  // An attached terminal has answered a question: that is not typed.
  Result<void> drop_answer(Attachment& from, std::uint64_t offset, std::string_view answer);
  // `from` has typed without us.
  void typed_directly(const Attachment& from, std::uint64_t bytes) { activity_.typed(from.spec().client, bytes); }
  // Whether what it types needs nobody's look at it.
  bool may_type_directly(const Attachment& attachment) const;
  std::uint32_t rights_of(const Attachment& attachment) const;
  void tell_rights();
  boost::asio::awaitable<void> shut_out_others(std::shared_ptr<Session> self);
  std::size_t input_room() const noexcept { return input_.room(); }
  void bump_size(Attachment& attachment);
  // `by`: whose coming, going, typing or resizing it is.
  WindowSize apply_size(const Attachment* by);
  WindowSize set_window(WindowSize size, const ClientIdentity& by);
  std::vector<SizeVote> size_votes() const;
  void note_size(WindowSize size, const Attachment* by);
  // To the host, behind the end of what clients may set themselves. tell_rights() lets them again.
  bool send_size(WindowSize size);
  // The host may have a size by a client that we have not heard of, and will not.
  void assert_size();
  // Of one that may type directly: whether its window decides.
  bool may_size_directly(const Attachment& attachment) const;
  void tell_right(host::Grant& grant, std::uint32_t right);
  // The host has the attachment's size, as its client says. False: `turn` is not what it may size by now.
  bool take_direct_size(const Attachment& attachment, std::uint32_t turn);
  // The window of an attachment that holds the size.
  void size_by_lease(const Attachment& attachment);
  // True: the host keeps others.
  bool note_leases();
  void lease_over(LeaseKind kind);
  // Sets the floor from the attachments' cursors, and lets a waiting host go on.
  void update_floor();
  // Asks the host for a wake-up at the next output. False: there is some beyond `seen` already.
  bool watch_output(std::uint64_t seen);
  // After something could not be sent: stay informed, so that the floor follows.
  void keep_watch();
  void watch_input();
  void wake_later();
  // Bytes that rebuild the screen at `offset`, which is at most a few bytes before `head`, from at most
  // `replay_bytes` of recent output.
  struct Replay {
    std::string bytes;
    std::uint64_t offset = 0;
  };
  Replay replay(std::uint64_t head, std::uint64_t replay_bytes);
  void scan_modes(ModeScanner& scanner, std::uint64_t from, std::uint64_t to);
  bool over_for(const Attachment& attachment) const;
  void watch_long_lines();

  void follow_recording();
  void end_recording_with_session();
  void on_recording_end();
  void tell_recording();

  boost::asio::any_io_executor executor_;
  EventBus& events_;
  SessionRecord record_;
  unsigned record_puts_ = 0;  // under way to the host
  unsigned gates_held_ = 0;
  std::unique_ptr<HostLink> link_;
  InputQueue input_;
  InputStreamId send_stream_{};  // for typing without a stream of one's own
  std::uint64_t send_offset_ = 0;
  std::vector<Attachment*> attachments_;
  std::vector<AsyncEvent*> exit_waiters_;
  std::vector<AsyncEvent*> input_waiters_;
  std::vector<AsyncEvent*> attach_waiters_;
  WindowSize size_{};
  std::uint64_t next_order_ = 1;
  std::uint64_t resyncs_ = 0;
  ModeScanner modes_;
  std::uint64_t modes_offset_ = 0;
  std::uint64_t seen_taken_ = 0;  // RingHeader::input_taken and input_written when they were last acted on
  std::uint64_t seen_written_ = 0;
  std::uint64_t seen_long_lines_ = 0;
  // A floor found at adoption is kept until the attachments that set it have had time to come back.
  std::optional<std::uint64_t> inherited_floor_;
  FloorReturn missing_holders_;             // of those attachments
  std::vector<std::uint64_t> told_names_;   // of all that the ring's floor is held for
  std::vector<std::uint64_t> holder_names_;
  std::shared_ptr<ScreenFollower> screen_;  // none: screens are not kept
  std::uint64_t parsed_ = 0;                // output before this is on the screen
  std::uint64_t screen_floor_ = 0;          // of the last checkpoint
  std::uint64_t looked_at_ = 0;             // parsed_ when the screen last had all that there was
  bool asked_screen_ = false;               // since then, by the program, or it showed what a client waits for
  bool screen_approximate_ = false;
  AnswerQueue answers_;
  InputStreamId answer_stream_{};
  std::uint64_t answer_offset_ = 0;  // of the first one in answers_
  bool answers_waiting_ = false;
  bool colors_untold_ = false;  // the attached terminals did not answer when a colour was asked for
  std::optional<std::chrono::steady_clock::time_point> position_asked_at_;
  std::optional<std::uint64_t> answered_before_;  // questions before this offset were answered by another program
  std::optional<std::chrono::steady_clock::time_point> told_to_end_until_;
  bool linger_over_ = false;
  bool lost_ = false;
  bool forgotten_ = false;  // the host was told to end
  Moment lost_at_;
  bool announced_ = false;
  bool exit_published_ = false;
  bool stream_end_published_ = false;
  bool wake_pending_ = false;
  // While there is much output the screen looks from time to time by itself, and the host wakes nobody for it.
  LookPacing look_pacing_;
  bool looks_later_ = false;
  boost::asio::steady_timer look_timer_;
  bool closed_ = false;
  Activity activity_;
  Leases leases_;
  CommandLog commands_;
  ClientVariables client_variables_;
  OutputClock clock_;
  std::unique_ptr<Recording> recording_;  // the newest one; reads the ring
  std::vector<AsyncEvent*> recording_waiters_;
  TaskGroup tasks_;
};

}  // namespace ptyd
