// One connection: frames out, frames in, requests by their ids.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "client/ptyd/daemon_stream.hpp"
#include "common/async_event.hpp"
#include "common/error.hpp"
#include "proto/frame.hpp"

namespace ptyd {

// Where the frames of one attachment go. Called while the connection reads: must not wait.
class AttachmentSink {
 public:
  virtual ~AttachmentSink() = default;
  // The daemon has made the attachment; its frames follow.
  virtual void attached(const v1::AttachReply& reply) = 0;
  // Output, snapshot, gap, input_ack or ended. An error closes the connection.
  virtual Result<void> take(v1::Frame& frame) = 0;
  virtual void input_refused(const Error& error) = 0;
  virtual void connection_lost(const Error& error) = 0;
};

// Held by its Client and by its own loops while they run; abort() ends them. Thread: the executor's only.
class ClientConnection : public std::enable_shared_from_this<ClientConnection> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // Events that wait to be fetched.
  static constexpr std::size_t kMaxEvents = 1024;
  // Frames of the daemon are smaller than this, whatever they hold.
  static constexpr std::size_t kMaxIncoming = kMaxReply;
  static constexpr std::size_t kMaxOpenRequests = 4096;

  ClientConnection(boost::asio::any_io_executor executor, std::unique_ptr<DaemonStream> stream);

  // Says hello. Errors: unsupported_version, deadline_exceeded, malformed, unavailable, or the daemon's.
  boost::asio::awaitable<Result<void>> greet(v1::Hello hello, TimePoint deadline);
  // `sink`: for an attach request, gets what belongs to the attachment.
  boost::asio::awaitable<Result<v1::Response>> request(v1::Request request, std::chrono::milliseconds deadline,
                                                       std::weak_ptr<AttachmentSink> sink);
  boost::asio::awaitable<Result<v1::Event>> next_event();
  boost::asio::awaitable<bool> wait_closed(TimePoint deadline);

  // Sends a request whose answer nobody wants.
  void tell(v1::Request request);
  // Without waiting for the loop's next turn, when nothing waits before it.
  void send_input(std::uint32_t attachment, std::uint64_t offset, std::string_view data);
  void send_credit(std::uint32_t attachment, std::uint64_t bytes);
  void send_progress(std::uint32_t attachment, std::uint64_t offset, bool direct);
  // Its peer is the daemon itself, as far as the system knows.
  bool local() const noexcept { return local_; }
  void set_local() noexcept { local_ = true; }
  // Bytes that wait to be sent.
  std::size_t queued() const noexcept { return queue_.size(); }
  // No more frames for that attachment's sink.
  void forget(std::uint32_t attachment) { sinks_.erase(attachment); }
  void abort();

  const v1::Welcome& welcome() const noexcept { return welcome_; }
  std::uint32_t max_data() const noexcept;

 private:
  struct Pending {
    explicit Pending(boost::asio::any_io_executor executor) : done(executor) {}
    AsyncEvent done;
    std::optional<v1::Response> response{};
    std::weak_ptr<AttachmentSink> sink{};
  };
  class Open;

  void start();
  boost::asio::awaitable<void> read_loop();
  boost::asio::awaitable<void> write_loop();
  void loop_ended(const std::exception_ptr& error);
  void send(const v1::Frame& frame);
  void handle(v1::Frame& frame);
  void handle_response(std::uint64_t id, v1::Response& response);
  void handle_push(std::uint32_t attachment, v1::Frame& frame);
  void handle_event(v1::Event& event);
  void fail(Error error);

  boost::asio::any_io_executor executor_;
  std::unique_ptr<DaemonStream> stream_;
  FrameReader reader_;
  v1::Frame frame_;
  std::optional<v1::Frame> greeting_;  // the answer to hello
  bool greeted_ = false;
  bool local_ = false;
  v1::Welcome welcome_;
  std::optional<Error> failed_;

  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::shared_ptr<Pending>> pending_;
  std::map<std::uint32_t, std::weak_ptr<AttachmentSink>> sinks_;
  std::deque<v1::Event> events_;
  std::string queue_;  // frames that wait to be sent
  bool writing_ = false;

  AsyncEvent writer_;
  AsyncEvent greeted_event_;
  AsyncEvent event_;
  AsyncEvent closed_;
};

}  // namespace ptyd
