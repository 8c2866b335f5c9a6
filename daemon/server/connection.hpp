// One client: handshake, read loop, requests, and a single writer that never blocks.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/async_event.hpp"
#include "common/task_group.hpp"
#include "daemon/server/client_stream.hpp"
#include "daemon/server/daemon_state.hpp"
#include "daemon/session/attachment.hpp"
#include "daemon/session/output_sink.hpp"
#include "proto/frame.hpp"

namespace ptyd {

// A request that is not answered yet.
struct OpenRequest {
  OpenRequest(boost::asio::any_io_executor executor, std::uint64_t id_, std::chrono::steady_clock::time_point until)
      : id(id_), deadline(until), timer(executor), wake(executor) {}
  std::uint64_t id;
  std::chrono::steady_clock::time_point deadline;
  boost::asio::steady_timer timer;
  AsyncEvent wake;  // for handlers that wait; also notified by cancel
  bool cancelled = false;
  bool answered = false;
  bool endless() const noexcept { return deadline == std::chrono::steady_clock::time_point::max(); }
};

// Held by the server while it is served, and by requests that run. Thread: the loop's.
class Connection final : public OutputSink, public std::enable_shared_from_this<Connection> {
 public:
  static constexpr std::chrono::seconds kHelloDeadline{5};
  static constexpr std::chrono::seconds kFrameDeadline{30};
  static constexpr std::size_t kMaxAttachments = 256;
  static constexpr std::size_t kMaxRequests = 4096;
  // Replies a client leaves unread before we stop to read its requests; events are dropped beyond it.
  static constexpr std::size_t kMaxQueuedReplies = 256 * 1024;

  Connection(DaemonState& state, std::unique_ptr<ClientStream> stream, std::uint64_t number, PeerIdentity peer);
  ~Connection();

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
  std::uint64_t max_data() const noexcept { return max_data_; }
  bool json_text() const noexcept { return json_text_ && reader_.encoding() == Encoding::json; }
  bool greeted() const noexcept { return greeted_; }
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
  // Events from `since` on, or from now. Returns how many of those asked for are gone.
  std::uint64_t subscribe(std::string session_id, std::optional<std::uint64_t> since);
  void unsubscribe();
  // Waits for screens that are open.
  std::size_t waits() const noexcept { return waits_; }
  void add_waits(std::size_t count) noexcept { waits_ += count; }
  void remove_waits(std::size_t count) noexcept { waits_ -= count; }

 private:
  struct Viewer {
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
  void cancel(std::uint64_t id);
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
  void event_happened(const std::shared_ptr<const v1::Event>& event);

  DaemonState& state_;
  std::unique_ptr<ClientStream> stream_;
  const std::uint64_t number_;
  const PeerIdentity peer_;

  FrameReader reader_;
  v1::Frame frame_;
  bool greeted_ = false;
  bool closing_ = false;  // no more reading; close when everything is sent
  bool dead_ = false;     // the stream is of no use any more
  std::string client_name_;
  std::uint64_t max_data_ = kDefaultMaxData;
  bool json_text_ = false;

  boost::asio::steady_timer deadline_;
  bool deadline_armed_ = false;
  boost::asio::steady_timer flush_timer_;

  std::map<std::uint64_t, std::shared_ptr<OpenRequest>> open_;
  std::size_t running_ = 0;
  std::size_t waits_ = 0;
  std::map<std::uint32_t, Viewer> viewers_;
  bool viewers_over_ = false;
  std::uint32_t next_attachment_ = 1;
  std::uint32_t turn_ = 0;  // attachment that was served last

  std::string pending_;  // bytes of frames begun, from pending_position_ on
  std::size_t pending_position_ = 0;
  std::uint32_t in_flight_ = 0;  // attachment whose output is among them
  std::deque<std::string> replies_;
  std::size_t reply_bytes_ = 0;
  bool blocked_ = false;  // the system takes nothing now
  bool pumping_ = false;
  bool pump_again_ = false;
  AsyncEvent writer_;   // the write loop has something to do
  AsyncEvent drained_;  // replies were taken

  std::uint64_t listener_ = 0;
  std::string subscribed_;
  bool events_lost_ = false;

  TaskGroup tasks_;
};

}  // namespace ptyd
