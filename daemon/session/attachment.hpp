// One connection viewing one session: where it is in the output, what it may be sent, what it has typed.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/async_event.hpp"
#include "common/error.hpp"
#include "daemon/core/client_identity.hpp"
#include "daemon/core/credit.hpp"
#include "daemon/core/flow.hpp"
#include "daemon/core/input_ledger.hpp"
#include "daemon/core/lease.hpp"
#include "daemon/core/reply_filter.hpp"
#include "daemon/core/size_policy.hpp"
#include "daemon/hostlink/host_link.hpp"
#include "daemon/session/output_sink.hpp"

namespace ptyd {

class Session;
struct SavedAttachment;
struct ScreenSnapshot;

enum class Role : std::uint8_t { controller, observer };

enum class EndReason : std::uint8_t {
  detached,
  session_exited,
  displaced,
  fell_behind,
  session_removed,
  daemon_stopping,
  host_lost,
};

struct AttachSpec {
  std::uint32_t number = 0;  // on its connection
  ClientIdentity client;
  Role role = Role::controller;
  std::optional<WindowSize> size;
  FlowPolicy flow = FlowPolicy::resync;
  bool steal = false;
  std::uint64_t credit = 0;
  std::uint64_t max_data = 0;
  std::optional<InputStreamId> input_stream;
  std::optional<std::uint64_t> resume_offset;
  std::optional<std::uint64_t> from_offset;
  std::uint64_t replay_bytes = 0;
  bool no_replay = false;
  std::size_t scrollback_rows = 0;  // in front of a snapshot
  bool fresh_terminal = false;      // snapshots are for a new, virtual terminal
  bool until_stream_end = false;
  std::optional<LeaseToken> lease;  // that it types and sizes under
  bool person = false;
};

// One thing to send. Views are valid until Attachment::sent() or unsent() is called, which must follow.
struct OutgoingItem {
  enum class Kind : std::uint8_t { none, output, snapshot, gap, input_ack, ended };
  Kind kind = Kind::none;
  std::uint64_t offset = 0;  // output: of the first byte; snapshot: the offset it stands for; gap: from;
                             // input_ack: accepted; ended: one past the last byte
  std::uint64_t limit = 0;   // gap: to; input_ack: limit
  RingSpans output;
  std::string_view snapshot;
  bool last = false;               // snapshot
  bool approximate = false;        // snapshot
  std::optional<WindowSize> size;  // snapshot: laid out for it; none: for the session's
  EndReason reason = EndReason::detached;
};

// Owned by a server connection; takes itself out of its session when destroyed. Keeps the session alive.
// Thread: the loop's.
class Attachment {
 public:
  // Made by Session::attach() only.
  Attachment(std::shared_ptr<Session> session, OutputSink& sink, AttachSpec spec);
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;
  ~Attachment();

  // The next thing to send, if any. For output the ring is held at it until sent() or unsent().
  OutgoingItem next();
  // `item` is taken care of. Output that the system has not taken whole yet (`in_flight`) stays held until
  // flushed(), so that a client gets it from the next daemon when this one dies. After `ended`, destroy the attachment.
  void sent(const OutgoingItem& item, bool in_flight = false);
  void flushed();
  // Nothing of `item` went out; next() will give it again.
  void unsent();

  void grant(std::uint64_t bytes);
  // Types bytes [offset, ...) of this attachment's input stream.
  // Errors: permission_denied (observer), out_of_range (a hole before `offset`), resource_exhausted (beyond
  // the limit), session_ended; busy (a lease): then the bytes count as taken, as they must not be typed later.
  Result<void> input(std::uint64_t offset, std::string_view data);
  // It has all output before `offset`, and goes on by itself, or (false) wants it sent from there on: what was sent
  // already is not sent again. Errors: out_of_range.
  Result<void> progress(std::uint64_t offset, bool direct);
  // The size of the client's window changed. Returns what the session has now.
  // `turn`: by which the host has it already, or 0.
  WindowSize set_size(WindowSize size, std::uint32_t turn = 0);
  // Ends it: the sink will get `ended` as its next item.
  void end(EndReason reason);

  Session& session() const noexcept { return *session_; }
  const std::shared_ptr<Session>& shared_session() const noexcept { return session_; }
  const AttachSpec& spec() const noexcept { return spec_; }
  LeaseUser lease_user() const { return {spec_.client, spec_.lease, spec_.person}; }
  std::uint64_t since_ms() const noexcept { return since_ms_; }
  std::uint64_t cursor() const noexcept { return cursor_; }
  // Output from here on must not be overwritten, as far as the flow policy holds the session back.
  std::uint64_t held() const noexcept { return in_flight_.value_or(cursor_); }
  std::uint64_t resyncs() const noexcept { return resyncs_; }
  std::uint64_t credit() const noexcept { return credit_.available(); }
  std::uint64_t input_offset() const noexcept { return ledger_.accepted(); }
  std::uint64_t input_limit() const noexcept { return ledger_.limit(); }
  bool input_unknown() const noexcept { return input_unknown_; }
  bool resumed() const noexcept { return resumed_; }
  bool ended() const noexcept { return end_reason_.has_value(); }
  bool direct() const noexcept { return direct_; }
  // Also of one that goes without having been ended: its client is gone.
  EndReason end_reason() const noexcept { return end_reason_.value_or(EndReason::detached); }
  // Where its output begins is settled; until then `event` is notified once it is.
  bool ready() const noexcept { return !awaits_snapshot_; }
  void notify_when_ready(AsyncEvent* event) noexcept { ready_event_ = event; }
  const InputStreamId& stream() const noexcept { return stream_; }
  // What the next daemon knows it by when its client comes back, see FloorReturn; 0: the client named no stream.
  std::uint64_t floor_name() const noexcept;
  // Where it is, for Session::resume_attachment() in the program after this one.
  SavedAttachment save() const;
  std::uint64_t size_order() const noexcept { return size_order_; }

 private:
  friend class Session;

  // Chooses where output starts. Errors: out_of_range.
  Result<void> start();
  void resume(const SavedAttachment& saved);
  // Once its session goes on as well.
  void go_on();
  void start_input();
  void resync();
  void take_snapshot(std::uint64_t head, bool gap);
  void snapshot_taken(std::optional<ScreenSnapshot> taken, bool gap);
  void set_snapshot(std::string bytes, std::uint64_t offset, bool gap);
  Result<void> type(const std::vector<ReplyFilter::Piece>& pieces);
  void release_held();
  void let_out();
  // The new one is to know whom the one before has let in.
  void host_replaced();
  bool may_resync_now();
  OutgoingItem next_snapshot();
  OutgoingItem next_output();
  OutgoingItem input_ack() const;
  OutgoingItem final_item();
  void poll_input();
  void poke() { sink_.output_ready(); }

  std::shared_ptr<Session> session_;
  OutputSink& sink_;
  AttachSpec spec_;
  std::uint64_t since_ms_;
  std::uint64_t size_order_ = 0;

  Credit credit_;
  std::uint64_t cursor_ = 0;
  std::optional<std::uint64_t> in_flight_;
  std::uint64_t resyncs_ = 0;
  bool resumed_ = false;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> gap_;
  std::optional<std::string> snapshot_;  // what is left of it begins at snapshot_position_
  std::size_t snapshot_position_ = 0;
  std::uint64_t snapshot_offset_ = 0;
  bool snapshot_approximate_ = true;
  std::optional<WindowSize> snapshot_size_;
  bool awaits_snapshot_ = false;
  bool awaits_gap_ = false;  // in front of that snapshot
  AsyncEvent* ready_event_ = nullptr;
  std::optional<std::chrono::steady_clock::time_point> last_resync_;
  boost::asio::steady_timer resync_timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  InputStreamId stream_{};
  bool stream_named_ = true;  // by the client
  bool input_unknown_ = false;
  InputLedger ledger_;
  ReplyFilter filter_;
  std::uint64_t typed_ = 0;  // offset in the input stream up to which the filter has let go
  boost::asio::steady_timer held_timer_;
  std::uint64_t acknowledged_ = 0;  // what the client was told
  std::uint64_t told_limit_ = 0;
  bool ack_asked_ = false;  // to be told when all that came was taken

  bool direct_ = false;              // it reads the ring itself, up to cursor_ at least
  std::optional<host::Grant> grant_;  // what its host was told

  std::optional<EndReason> end_reason_;
};

}  // namespace ptyd
