// libptyd: one attachment that survives its connection.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/ptyd/client.hpp"
#include "common/error.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

struct AttachParameters {
  std::string session{};  // name, id or unique id prefix
  v1::Role role = v1::CONTROLLER;
  std::optional<v1::WindowSize> size{};  // absent: this attachment does not size the session
  v1::FlowPolicy flow = v1::RESYNC;
  bool steal = false;
  // At most one of these. Neither: a snapshot, then live output.
  std::optional<std::uint64_t> from_offset{};    // exactly here, or out_of_range
  std::optional<std::uint64_t> resume_offset{};  // here; when that is too old: gap, snapshot, live output
  bool no_replay = false;
  std::uint32_t scrollback_rows = 0;  // that come first in the first snapshot
  bool fresh_terminal = false;        // snapshots are for a new, virtual terminal, not for somebody's window
  std::uint64_t replay_bytes = 0;     // of a daemon that keeps no screens
  std::vector<std::pair<std::string, std::string>> env{};  // see v1::EnvironmentReply
  bool env_complete = false;  // of those the client has no others
  std::vector<std::string> ancestry{};                     // ids of the sessions around the client
  bool until_stream_end = false;
  std::string lease{};   // the token of a lease to type and size under
  bool person = false;  // a person types here, who takes the input over from whoever holds its lease
  bool direct = true;    // output and input by the session's host itself, where that can be
  std::uint64_t window_bytes = 256 * 1024;               // output that may be on its way and unread
  std::size_t max_input_bytes = 1024 * 1024;             // input that may wait for its acknowledgement
  std::chrono::milliseconds reconnect_deadline{30'000};  // for one loss of the connection
};

// One thing that happened to an attachment, in order.
struct AttachedChunk {
  enum class Kind {
    output,      // data at `offset`
    snapshot,    // data that rebuilds the screen at `offset`; `first`: clear the screen before, `last`: complete
    gap,         // output in [offset, end) will not come; a snapshot follows
    lost,        // the connection is lost and is being made again, once or often; `error` says why
    resumed,     // it is there again; `ended` and `failed` may come without it
    input_refused,  // some input was not typed, and is not sent again: `error` says who holds the lease
    input_lost,  // `end` bytes of input may or may not have been typed before the connection was lost
    ended,       // `ended`; nothing follows
    failed,      // `error`: given up; nothing follows
  };
  Kind kind = Kind::output;
  std::uint64_t offset = 0;
  std::uint64_t end = 0;
  std::string data{};
  bool first = false;
  bool last = false;
  v1::WindowSize size{};
  v1::Ended ended{};
  Error error{};
};

// Attached to one session. Output comes by absolute offsets and credit is given back as it is read; input is kept
// until the session's host has taken it. When the connection is lost another one is made, and both go on at the
// offsets where they were: no byte is lost or doubled.
// Lifetime: may be dropped at any time; that ends the attachment. Thread: the executor's, which must run one handler
// at a time.
class AttachedSession {
 public:
  // Errors: those of Client::connect() and of the daemon.
  static boost::asio::awaitable<Result<std::unique_ptr<AttachedSession>>> attach(boost::asio::any_io_executor executor,
                                                                                 ClientFactory connect,
                                                                                 AttachParameters parameters);
  // As above, but on `client` at first.
  static boost::asio::awaitable<Result<std::unique_ptr<AttachedSession>>> attach(boost::asio::any_io_executor executor,
                                                                                 std::shared_ptr<Client> client,
                                                                                 ClientFactory connect,
                                                                                 AttachParameters parameters);
  AttachedSession(const AttachedSession&) = delete;
  AttachedSession& operator=(const AttachedSession&) = delete;
  ~AttachedSession();

  // As it was when it was attached last.
  const v1::SessionInfo& session() const noexcept;

  // What comes next. Calling it again gives back the credit of what came before. After `ended` and `failed` it
  // returns the same again. One caller at a time.
  boost::asio::awaitable<AttachedChunk> read();

  // Takes as much of `bytes` as there is room for, to be typed. 0: there is no room, or this is an observer.
  std::size_t type_some(std::string_view bytes);
  // Waits until type_some() would take something. False: it never will again. One caller at a time.
  boost::asio::awaitable<bool> wait_input_room();
  // Types all of `bytes`, waiting for room. Errors: permission_denied, session_ended, or why it was given up.
  boost::asio::awaitable<Result<void>> type(std::string bytes);
  // Waits until all that was typed is taken by the session's host, or the deadline. True when it is.
  boost::asio::awaitable<bool> drain_input(std::chrono::milliseconds deadline);

  // Reports the size of the terminal; also used when the connection is made again.
  void set_size(const v1::WindowSize& size);

  // Ends the attachment and waits until the daemon says so, or the deadline.
  boost::asio::awaitable<void> detach(std::chrono::milliseconds deadline);

  class Impl;

 private:
  explicit AttachedSession(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace ptyd
