// The state of an AttachedSession.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "client/ptyd/attached_session.hpp"
#include "client/ptyd/backoff.hpp"
#include "client/ptyd/client_connection.hpp"
#include "client/ptyd/direct_path.hpp"
#include "client/ptyd/input_backlog.hpp"
#include "client/ptyd/output_cursor.hpp"
#include "common/async_event.hpp"

namespace ptyd {

// Held by its AttachedSession and by run() while that runs; stop() ends it. Thread: the executor's only.
class AttachedSession::Impl : public AttachmentSink,
                              public DirectUser,
                              public std::enable_shared_from_this<AttachedSession::Impl> {
 public:
  Impl(boost::asio::any_io_executor executor, ClientFactory connect, AttachParameters parameters);

  // The first attach. On success run() was started.
  boost::asio::awaitable<Result<void>> begin(std::shared_ptr<Client> client);
  boost::asio::awaitable<AttachedChunk> read();
  std::size_t type_some(std::string_view bytes);
  boost::asio::awaitable<bool> wait_input_room();
  boost::asio::awaitable<bool> drain_input(std::chrono::steady_clock::time_point deadline);
  Result<void> may_type() const;
  void set_size(const v1::WindowSize& size);
  boost::asio::awaitable<void> detach(std::chrono::milliseconds deadline);
  void stop();
  const v1::SessionInfo& session() const noexcept { return session_; }

  void attached(const v1::AttachReply& reply) override;
  Result<void> take(v1::Frame& frame) override;
  void input_refused(const Error& error) override;
  void connection_lost(const Error& error) override;
  void direct_news() override;
  void direct_refused() override;
  void direct_sized(std::optional<std::uint32_t> turn) override;

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> reconnect();
  boost::asio::awaitable<Result<void>> attach_on(std::shared_ptr<Client> client, bool first);
  v1::AttachRequest make_request(bool first);
  bool is_final(const Error& error) const;
  void take_ended(v1::Ended& ended);
  void tell_lost(const Error& error);
  void grant_credit();
  void pump_input();
  void ask_for_ack();
  // ---- without the daemon in between
  bool wants_direct() const;
  boost::asio::awaitable<void> go_direct();
  boost::asio::awaitable<Result<void>> join_host(std::shared_ptr<ClientConnection> on);
  bool reads_directly() const noexcept { return direct_ && direct_->open() && direct_reading_; }
  void read_directly(bool on);
  std::optional<AttachedChunk> next_direct_chunk();
  void fall_out(std::uint64_t next);
  void leave_direct();
  void take_accepted();
  bool type_directly();
  bool size_directly(const v1::WindowSize& size);
  // `turn`: by which the session's host has the size already.
  void tell_size(std::uint32_t turn);
  void push(AttachedChunk chunk);
  void give_up(Error error);
  ClientConnection* connection() const noexcept;

  boost::asio::any_io_executor executor_;
  ClientFactory connect_;
  AttachParameters parameters_;
  std::string input_stream_;
  v1::SessionInfo session_;

  std::shared_ptr<Client> client_;
  std::shared_ptr<ClientConnection> attaching_;  // the connection that the attach request went out on
  std::uint32_t number_ = 0;                     // of the attachment; 0 while there is none
  bool snapshot_expected_ = false;

  OutputCursor cursor_;
  InputBacklog backlog_;
  std::deque<AttachedChunk> inbox_;
  std::size_t in_hands_ = 0;            // bytes of the chunk that read() returned last
  std::optional<AttachedChunk> final_;  // ended or failed

  std::optional<Error> lost_;
  bool away_ = false;  // `lost` was told, and no `resumed` since
  bool daemon_stopping_ = false;  // it went on purpose: no other one is started in its place
  bool stopping_ = false;
  std::optional<TimePoint> resend_at_;

  std::shared_ptr<DirectPath> direct_;
  bool direct_tried_ = false;          // on this connection
  int direct_failures_ = 0;            // in a row
  std::optional<TimePoint> direct_again_at_;
  bool direct_reading_ = false;        // the daemon was told so, or can't be told anything else
  std::uint64_t progress_told_ = 0;
  std::uint64_t sent_directly_ = 0;    // input before this went there, or behind it by the daemon
  std::uint64_t sent_by_daemon_ = 0;   // input before this has to be taken before any goes there
  unsigned sizes_under_way_ = 0;       // to the host, without its answer
  int direct_chunks_ = 0;              // in a row, without a turn of the loop

  AsyncEvent work_;                         // run() has something to do
  AsyncEvent arrived_;                      // inbox_ has changed
  AsyncEvent room_;                         // backlog_ has shrunk
  AsyncEvent drained_;                      // the same, for drain_input()
  int draining_ = 0;                        // callers of drain_input()
  std::optional<std::uint64_t> ack_asked_;  // up to where, on this connection
  AsyncEvent over_;                         // final_ was set
};

}  // namespace ptyd
