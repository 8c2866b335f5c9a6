// One client: handshake, read loop, requests, and a single writer that never blocks.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/async_event.hpp"
#include "common/counted.hpp"
#include "common/small_deque.hpp"
#include "common/task_group.hpp"
#include "daemon/server/client_stream.hpp"
#include "daemon/server/daemon_state.hpp"
#include "daemon/server/open_request.hpp"
#include "daemon/session/attachment.hpp"
#include "daemon/session/output_sink.hpp"
#include "proto/frame.hpp"

namespace ptyd {

struct SavedConnection;

// Held by the server while it is served, and by requests that run. Thread: the loop's.
class Connection final : public OutputSink, public std::enable_shared_from_this<Connection> {
 public:
  static constexpr std::chrono::seconds kHelloDeadline{5};
  static constexpr std::chrono::seconds kFrameDeadline{30};
  static constexpr std::size_t kMaxAttachments = 256;
  static constexpr std::size_t kMaxRequests = 4096;
  // Replies a client leaves unread before we stop to read its requests.
  static constexpr std::size_t kMaxQueuedReplies = 256 * 1024;
  // Beyond this events wait in the log, which forgets the oldest.
  static constexpr std::size_t kMaxQueuedEvents = 128 * 1024;

  Connection(DaemonState& state, std::unique_ptr<ClientStream> stream, std::uint64_t number, PeerIdentity peer);
  ~Connection();

  // Where it is, without attachments that are over, for resume() before serve() in the program after this one. The
  // sessions of its attachments are resumed first.
  SavedConnection save() const;
  // False: a session of its attachments is not there.
  bool resume(const SavedConnection& saved);
  // Lets go of attachments that are over.
  void settle();
  // Goes on with a request of the client that the other program did not finish, or begins one that was held back.
  void take_up(std::shared_ptr<OpenRequest> open, v1::Request request);
  void begin_held();

  // Serves the client until it is gone or was asked to go, then cleans up.
  boost::asio::awaitable<void> serve();
  // Sends what is queued, then closes, within a second.
  void finish();
  // Closes at once.
  void abort();

  void output_ready() override;

  // For request handlers.
  DaemonState& state() noexcept { return state_; }
  std::uint64_t number() const noexcept { return number_; }
  const PeerIdentity& peer() const noexcept { return peer_; }
  const std::string& client_name() const noexcept { return client_name_; }
  ClientIdentity identity() const { return {number_, client_name_, peer_.pid}; }
  std::uint64_t max_data() const noexcept { return max_data_; }
  bool json_text() const noexcept { return json_text_ && reader_.encoding() == Encoding::json; }
  bool greeted() const noexcept { return greeted_.has_value(); }
  bool dead() const noexcept { return dead_; }
  // Nothing may be bound to it any more.
  bool gone() const noexcept { return gone_; }
  // A lease may end with this connection.
  void note_claim() noexcept { may_hold_leases_ = true; }
  void send(const v1::Frame& frame);
  // Answers once; later answers to the same request are dropped.
  void answer(OpenRequest& request, v1::Response response);
  void refuse(std::uint64_t id, const Error& error);
  void spawn(boost::asio::awaitable<void> task) { tasks_.spawn(std::move(task)); }
  void adopt(std::unique_ptr<Attachment> attachment);
  // A number for a new attachment. Errors: resource_exhausted.
  Result<std::uint32_t> new_attachment_number();
  Attachment* attachment(std::uint32_t number) noexcept;
  std::size_t end_attachments(const Session* session, EndReason reason);
  // Events from `since` on, or from now. Returns how many of those asked for are gone, at most.
  std::uint64_t subscribe(EventFilter filter, std::optional<std::uint64_t> since);
  void unsubscribe();
  // Waits for screens that are open.
  std::size_t waits() const noexcept { return waits_; }
  void add_waits(std::size_t count) noexcept { waits_ += count; }
  void remove_waits(std::size_t count) noexcept { waits_ -= count; }

 private:
  struct Viewer {
    explicit Viewer(DaemonState& state) noexcept : in_all(state.attachments) {}
    Counted<std::size_t> in_all;
    std::unique_ptr<Attachment> attachment;
    Utf8Decoder text;
    bool over = false;  // `ended` was sent: to be destroyed by the write loop
  };

  boost::asio::awaitable<void> read_loop();
  boost::asio::awaitable<void> write_loop();
  // False: the connection is to be closed.
  bool handle(v1::Frame& frame);
  bool greet(const v1::Frame& frame);
  void handle_request(std::uint64_t id, v1::Request& request);
  void handle_input(const v1::Frame& frame);
  void handle_credit(const v1::Frame& frame);
  void handle_progress(const v1::Frame& frame);
  void cancel(std::uint64_t id);
  void open(const std::shared_ptr<OpenRequest>& request);
  void queue_ended(Viewer& viewer);
  boost::asio::awaitable<void> run(std::shared_ptr<OpenRequest> open, v1::Request request);
  void report_bad_frame();
  void watch_deadline();
  void frame_done();
  void drop_everything();
  boost::asio::awaitable<void> finish_requests();

  void pump();
  bool pump_pending();
  bool pump_replies();
  bool pump_attachments();
  bool send_output(Viewer& viewer, const OutgoingItem& item);
  void item_to_frame(Viewer& viewer, const OutgoingItem& item, v1::Frame& frame);
  void close_if_flushed();
  void drop_over();
  void listen_for_events(EventFilter filter, std::uint64_t first);
  void event_happened(const v1::Event& event);
  void send_events();
  void send_event(const v1::Event& event);

  DaemonState& state_;
  std::unique_ptr<ClientStream> stream_;
  const std::uint64_t number_;
  const PeerIdentity peer_;

  FrameReader reader_;
  v1::Frame frame_;
  bool served_ = false;
  bool finish_at_once_ = false;  // it was about to, before resume()
  std::optional<Counted<std::size_t>> greeted_;  // since its hello; DaemonState::clients
  bool closing_ = false;  // no more reading; close when everything is sent
  bool dead_ = false;     // the stream is of no use any more
  bool gone_ = false;     // what was bound to it is given up
  bool may_hold_leases_ = false;
  std::string client_name_;
  std::uint64_t max_data_ = kDefaultMaxData;
  bool json_text_ = false;

  boost::asio::steady_timer deadline_;
  bool deadline_armed_ = false;
  std::optional<std::chrono::steady_clock::time_point> resumed_deadline_;  // of a frame begun before resume()
  boost::asio::steady_timer flush_timer_;

  std::map<std::uint64_t, std::shared_ptr<OpenRequest>> open_;
  std::size_t running_ = 0;
  SmallDeque<std::shared_ptr<OpenRequest>> held_;  // as they came; others that come behind them are held, too
  std::size_t waits_ = 0;
  std::map<std::uint32_t, Viewer> viewers_;
  bool viewers_over_ = false;
  std::uint32_t next_attachment_ = 1;
  std::uint32_t turn_ = 0;  // attachment that was served last

  std::string pending_;  // bytes of frames begun, from pending_position_ on
  std::size_t pending_position_ = 0;
  std::uint32_t in_flight_ = 0;  // attachment whose output is among them
  SmallDeque<std::string> replies_;
  std::size_t reply_bytes_ = 0;
  bool blocked_ = false;  // the system takes nothing now
  bool turn_used_up_ = false;
  bool pumping_ = false;
  bool pump_again_ = false;
  AsyncEvent writer_;   // the write loop has something to do
  AsyncEvent drained_;  // replies were taken

  std::uint64_t listener_ = 0;
  EventFilter filter_;
  std::uint64_t next_event_ = 0;  // number of the event to look at next
  bool events_behind_ = false;    // there may be more to send once replies were taken

  TaskGroup tasks_;
};

}  // namespace ptyd
