// The daemon's connection to one ptyd-host.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/unique_handle.hpp"
#include "daemon/host/wire.hpp"
#include "daemon/hostwire/host_channel.hpp"
#include "daemon/hostwire/ring_view.hpp"

namespace ptyd {

using SessionId = std::array<std::uint8_t, 16>;
using InputStreamId = std::array<std::uint8_t, 16>;

// Another host took over. It knows nothing of what was sent to the one before and not taken by it.
struct HostReplaced {
  std::uint64_t uncertain_offset = 0;  // of input, counted as RingHeader::input_taken
  std::uint64_t uncertain_bytes = 0;   // may have been typed or not, and won't be again
  std::uint64_t head = 0;              // where it goes on in the output
  bool output_missing = false;         // what was just being read there may be gone
};

// What the host tells unasked. Called from the loop, never from inside a HostLink call.
struct HostEvents {
  std::function<void()> on_wake;             // output or input moved since it was armed
  std::function<void()> on_exited;           // the program ended; the ring has the status
  std::function<void()> on_stream_end;       // no more output
  std::function<void(bool fenced)> on_lost;  // the connection is gone: the host died, or a newer daemon took over
  std::function<void()> on_input_gap;        // an input message was dropped: a bug in the sender
  // The host has died, and another one will go on if it can: nothing is sent until then. Ends with on_replaced or
  // on_lost.
  std::function<void()> on_replacing;
  std::function<void(const HostReplaced&)> on_replaced;
  // Content of host::Slot::record for a host that takes over.
  std::function<std::string()> record;
};

// Where a link is, so that another program that this process executes can go on with it. Descriptors are the link's
// own.
struct HostLinkState {
  ChannelState channel;
  UniqueHandle::Native ring = UniqueHandle::kNone;
  UniqueHandle::Native wake = UniqueHandle::kNone;
  host::HelloReply hello{};
  std::vector<host::MessageType> awaited;  // requests that will be answered
  bool lost = false;
  // Custody; none: the session ends with its host.
  std::uint32_t host_pid = 0;  // 0: no custody
  UniqueHandle::Native host = UniqueHandle::kNone;
  UniqueHandle::Native counts = UniqueHandle::kNone;
  UniqueHandle::Native terminal = UniqueHandle::kNone;
  UniqueHandle::Native memory = UniqueHandle::kNone;
  UniqueHandle::Native program = UniqueHandle::kNone;
  UniqueHandle::Native checkpoint = UniqueHandle::kNone;
  std::uint64_t checkpoint_offset = 0;
  std::uint64_t checkpoint_size = 0;
  std::optional<host::ProgramEnded> program_end;  // of a program whose host had died
};

// Owned by a Session. Thread: the executor's only. Requests to the host queue in memory and are bounded
// (1 MiB): a host that does not read makes them fail with unavailable, it never blocks the daemon.
class HostLink {
 public:
  // Connects to the host's socket, checks that it runs as our user, agrees on the version and takes
  // the ring over with the next generation. `deadline` bounds the whole exchange.
  static boost::asio::awaitable<Result<std::unique_ptr<HostLink>>> connect(boost::asio::any_io_executor executor,
                                                                           std::string socket_path,
                                                                           std::chrono::milliseconds deadline);
  // Goes on at `state`, whose descriptors are owned from now on; the host notices nothing. Answers to requests that
  // were sent before are taken, and nobody hears of them.
  static Result<std::unique_ptr<HostLink>> resume(boost::asio::any_io_executor executor, HostLinkState state);
  // close() must have completed.
  ~HostLink();
  HostLink(const HostLink&) = delete;
  HostLink& operator=(const HostLink&) = delete;

  // Begins to deliver events. `events` is kept until close() has completed.
  void start(HostEvents events);
  // Stops, cancels and joins. The host and its program live on.
  boost::asio::awaitable<void> close();

  // From now on another host takes over when this one dies, if that can be done without losing anything. `program` is
  // started for it, at the socket path of the first. After resume() it is asked again for nothing.
  boost::asio::awaitable<void> take_custody(std::string program, std::string socket_path);
  // Whether it would be so now.
  bool replaceable() const noexcept;
  // Between on_replacing and its end.
  bool replacing() const noexcept;

  // Nothing on systems where connections can't be handed over.
  std::optional<HostLinkState> state();

  RingView& ring() noexcept;
  const SessionId& session_id() const noexcept;
  std::uint32_t features() const noexcept;
  std::uint64_t generation() const noexcept;
  bool lost() const noexcept;

  // Types `data` as bytes [offset, ...) of `stream`. The caller keeps within host::kInputWindow
  // (bytes sent - ring().input_written()). At most host::kMaxPayload bytes.
  Result<void> send_input(const InputStreamId& stream, std::uint64_t offset, std::span<const std::byte> data);
  // Counts bytes [offset, offset + bytes) of `stream` as typed, without typing them. At most host::kMaxPayload.
  Result<void> skip_input(const InputStreamId& stream, std::uint64_t offset, std::uint64_t bytes);
  // Another host has to be told again.
  Result<void> resize(host::Resize size);
  // The floor was raised: let a waiting host go on.
  void kick();
  // What guests may do from the time on when the host gets to it. Nothing is said to a host that is being replaced: the
  // next one knows of none.
  void tell_rights(const host::Grant& grant);

  // Errors of all below: unavailable when the host is lost or does not answer within 5 s; os errors as the
  // host reports them.
  boost::asio::awaitable<Result<void>> signal(std::uint32_t number, host::SignalTarget target);
  boost::asio::awaitable<Result<void>> terminate();
  boost::asio::awaitable<Result<host::StatusReply>> status();
  boost::asio::awaitable<Result<void>> put(host::Slot slot, std::uint64_t offset, std::string content);
  // Content of a slot; nothing when it was never put.
  boost::asio::awaitable<Result<std::optional<std::string>>> get(host::Slot slot);
  boost::asio::awaitable<Result<void>> forget();
  // As tell_rights(), until it is so. Errors also: unimplemented; failed_precondition when there are too many.
  boost::asio::awaitable<Result<void>> let_in(host::Grant grant);
  // None of the guests may type any more, also those that another daemon has let in, until they are told their rights
  // again. Done at once where there are none.
  boost::asio::awaitable<Result<void>> close_gates();

 private:
  struct Impl;
  explicit HostLink(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ptyd
