#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/windows/stream_handle.hpp>
#include <boost/asio/write.hpp>
#include <cstring>

#include "common/async_event.hpp"
#include "common/handle_windows.hpp"
#include "common/small_deque.hpp"
#include "common/small_write_windows.hpp"
#include "daemon/hostwire/host_channel.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kReadSize = 4096;

// The host's process, opened before it has answered on the pipe: its number was not given to another one meanwhile.
class HostProcess {
 public:
  static Result<HostProcess> of_pipe(HANDLE pipe) {
    ULONG pid = 0;
    if (::GetNamedPipeServerProcessId(pipe, &pid) == 0)
      return os_error("ask for the process of the session's host", last_error());
    HostProcess process;
    process.handle_ = own_handle(::OpenProcess(PROCESS_DUP_HANDLE, FALSE, pid));
    if (!process.handle_) return os_error("open the process of the session's host", last_error());
    return process;
  }

  // A handle of the host's; none when it has no such handle.
  UniqueHandle fetch(std::uint64_t value) const noexcept {
    HANDLE ours = nullptr;
    ::DuplicateHandle(handle_of(handle_), reinterpret_cast<HANDLE>(value), ::GetCurrentProcess(), &ours, 0, FALSE,
                      DUPLICATE_SAME_ACCESS);
    return own_handle(ours);
  }
  // A copy of `handle` that the host has; 0 when there can be none.
  std::uint64_t give(const UniqueHandle& handle) const noexcept {
    HANDLE theirs = nullptr;
    ::DuplicateHandle(::GetCurrentProcess(), handle_of(handle), handle_of(handle_), &theirs, 0, FALSE,
                      DUPLICATE_SAME_ACCESS);
    return reinterpret_cast<std::uint64_t>(theirs);
  }
  void take_back(std::uint64_t value) const noexcept {
    ::DuplicateHandle(handle_of(handle_), reinterpret_cast<HANDLE>(value), nullptr, nullptr, 0, FALSE,
                      DUPLICATE_CLOSE_SOURCE);
  }

 private:
  UniqueHandle handle_;
};

// What comes after the body of a message that brings handles; 0 for all others.
std::size_t handles_of(const HostMessage& message) noexcept {
  constexpr std::size_t kValue = sizeof(std::uint64_t);
  const std::size_t size = message.body.size();
  if (message.type == host::MessageType::attached && size == sizeof(host::Attached) + 2 * kValue) return 2;
  if (message.type == host::MessageType::joined && size == sizeof(host::Joined) + kValue) return 1;
  if (message.type == host::MessageType::blob && size == sizeof(host::Blob) + kValue) return 1;
  return 0;
}

struct Outgoing {
  std::string bytes;
  std::uint64_t given = 0;  // the handle in the host that goes with it, 0 for none
};

// The pipe, and what calls under way still use when the channel is gone.
struct Pipe {
  Pipe(asio::any_io_executor executor, HANDLE taken, HostProcess opened)
      : handle(executor, taken), process(std::move(opened)), came(executor), ended(executor), small(executor) {}
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  // What was not sent the host never heard of.
  ~Pipe() {
    for (const auto& message : queue)
      if (message.given != 0) process.take_back(message.given);
  }

  asio::windows::stream_handle handle;
  HostProcess process;
  SmallDeque<Outgoing> queue;  // the system has the front's bytes
  std::size_t queued = 0;      // bytes
  AsyncEvent came;             // the read has ended
  AsyncEvent ended;            // nothing will be sent any more
  bool writable = true;
  bool reading = false;  // the system has `read_buffer`
  bool writing = false;
  int read_error = 0;
  std::size_t read_size = 0;
  std::array<char, kReadSize> read_buffer{};
  SmallWrite small;
};

// Not before calls under way have ended: what they still write would go into memory that is no longer theirs.
void close(const std::shared_ptr<Pipe>& pipe) noexcept {
  pipe->writable = false;
  boost::system::error_code ignored;
  pipe->small.cancel();
  if (pipe->reading || pipe->writing)
    pipe->handle.cancel(ignored);
  else
    pipe->handle.close(ignored);
}

void begin_read(const std::shared_ptr<Pipe>& pipe) {
  pipe->reading = true;
  pipe->handle.async_read_some(asio::buffer(pipe->read_buffer),
                               [pipe](const boost::system::error_code& error, std::size_t size) {
                                 pipe->reading = false;
                                 pipe->read_error = error.value();
                                 pipe->read_size = size;
                                 if (!pipe->writable) close(pipe);
                                 pipe->came.notify_in_handler();
                               });
}

// False: it was the last one.
bool end_front(const std::shared_ptr<Pipe>& pipe, int error) {
  auto& front = pipe->queue.front();
  pipe->writing = false;
  // One that we ended may have got there whole.
  if (error == 0 || error == ERROR_OPERATION_ABORTED) front.given = 0;
  if (error != 0 || !pipe->writable) {
    close(pipe);
    pipe->ended.notify();
    return false;
  }
  pipe->queued -= front.bytes.size();
  pipe->queue.pop_front();
  return !pipe->queue.empty();
}

void write_queued(const std::shared_ptr<Pipe>& pipe) {
  const auto go_on = [pipe](int error) {
    if (end_front(pipe, error)) write_queued(pipe);
  };
  for (;;) {
    const auto& bytes = pipe->queue.front().bytes;
    pipe->writing = true;
    if (bytes.size() > SmallWrite::kMost)
      return asio::async_write(pipe->handle, asio::buffer(bytes),
                               [go_on](const boost::system::error_code& error, std::size_t) { go_on(error.value()); });
    const auto ended = pipe->small.begin(pipe->handle.native_handle(), bytes);
    if (!ended) return pipe->small.when_ended(go_on);
    if (!end_front(pipe, *ended)) return;
  }
}

class PipeChannel final : public HostChannel {
 public:
  explicit PipeChannel(std::shared_ptr<Pipe> pipe) : pipe_(std::move(pipe)) {}
  ~PipeChannel() override { PipeChannel::shut_down(); }

  Result<void> send(host::MessageType type, std::span<const std::byte> body, std::span<const std::byte> more,
                    UniqueHandle handle) override {
    if (!pipe_->writable) return gone("the connection is closed");
    const std::size_t size = body.size() + more.size() + (handle ? sizeof(std::uint64_t) : 0);
    if (pipe_->queued + sizeof(host::MessageHeader) + size > kMaxQueued) {
      Error error{errc::unavailable, "the session's host does not read what it is sent"};
      error.hint = "it may be stopped: look at its process";
      return error;
    }
    const host::MessageHeader header{static_cast<std::uint32_t>(size), static_cast<std::uint16_t>(type), 0};
    Outgoing message;
    message.bytes.reserve(sizeof header + size);
    for (const auto part : {bytes_of(header), body, more}) append(message.bytes, part);
    if (handle) {
      const auto value = pipe_->process.give(handle);
      if (value == 0) return os_error("give the session's host a section", last_error());
      append(message.bytes, bytes_of(value));
      message.given = value;
    }
    return enqueue(std::move(message));
  }

  asio::awaitable<void> write_queue() override {
    const auto pipe = pipe_;
    while (pipe->writable) co_await pipe->ended.wait();
  }

  asio::awaitable<Result<HostMessage>> receive() override {
    const auto pipe = pipe_;
    for (;;) {
      auto message = take_message(in_);
      if (!message) co_return message.error();
      if (*message) {
        if (!take_handles(**message))
          co_return broken("it sends handles that it does not have, or that nobody asked for");
        co_return std::move(**message);
      }
      if (!pipe->writable) co_return gone("the connection is closed");
      if (!pipe->reading) begin_read(pipe);
      co_await pipe->came.wait();
      if (!pipe->writable) co_return gone("the connection is closed");
      if (pipe->read_error != 0) co_return gone(os_message(pipe->read_error));
      in_.append(pipe->read_buffer.data(), pipe->read_size);
    }
  }

  UniqueHandle take_handle() override { return take_oldest(handles_); }

  // What the system has taken the host can still read.
  std::optional<ChannelState> state() override { return std::nullopt; }

  void shut_down() noexcept override {
    close(pipe_);
    pipe_->came.notify();
    pipe_->ended.notify();
  }

 private:
  static void append(std::string& to, std::span<const std::byte> part) {
    to.append(static_cast<const char*>(static_cast<const void*>(part.data())), part.size());
  }

  Result<void> enqueue(Outgoing message) {
    const std::size_t size = message.bytes.size();
    pipe_->queue.push_back(std::move(message));
    pipe_->queued += size;
    if (pipe_->queue.size() == 1) write_queued(pipe_);
    return {};
  }

  bool take_handles(HostMessage& message) {
    const std::size_t count = handles_of(message);
    if (handles_.size() + count > kMaxHandlesHeld) return false;
    const std::size_t body = message.body.size() - count * sizeof(std::uint64_t);
    for (std::size_t i = 0; i < count; ++i) {
      std::uint64_t value = 0;
      std::memcpy(&value, message.body.data() + body + i * sizeof value, sizeof value);
      handles_.push_back(pipe_->process.fetch(value));
      if (!handles_.back()) return false;
    }
    message.body.resize(body);
    return true;
  }

  std::shared_ptr<Pipe> pipe_;
  std::string in_;
  SmallDeque<UniqueHandle> handles_;
};

}  // namespace

Result<std::shared_ptr<HostChannel>> HostChannel::resume(asio::any_io_executor, ChannelState) {
  return Error{errc::unimplemented, "a pipe to a host can't be handed to another program"};
}

Result<std::shared_ptr<HostChannel>> HostChannel::open(asio::any_io_executor executor, UniqueHandle socket) {
  auto process = HostProcess::of_pipe(handle_of(socket));
  if (!process) return process.error();
  try {
    auto pipe = std::make_shared<Pipe>(executor, handle_of(socket), std::move(*process));
    static_cast<void>(socket.release());
    return std::shared_ptr<HostChannel>(std::make_shared<PipeChannel>(std::move(pipe)));
  } catch (const boost::system::system_error& e) {
    return os_error("wait for the host's pipe", e.code().value());
  }
}

}  // namespace ptyd
