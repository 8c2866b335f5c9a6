#include <fcntl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>

#include "common/async_event.hpp"
#include "common/small_deque.hpp"
#include "common/watched_descriptor.hpp"
#include "daemon/hostwire/host_channel.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadSize = 4096;
constexpr std::size_t kMaxHandlesAtOnce = 4;

#ifdef MSG_NOSIGNAL
constexpr int kSendFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
#else
constexpr int kSendFlags = MSG_DONTWAIT;  // SO_NOSIGPIPE is set on the socket
#endif
#ifdef MSG_CMSG_CLOEXEC
constexpr int kReceiveFlags = MSG_CMSG_CLOEXEC | MSG_DONTWAIT;
#else
constexpr int kReceiveFlags = MSG_DONTWAIT;
#endif

struct Outgoing {
  std::string bytes;
  UniqueHandle handle;  // goes with the first byte
};

// sendmsg() with `handle`, if there is one.
ssize_t send_some(int socket, std::string_view bytes, const UniqueHandle& handle) {
  iovec data{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (handle) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = handle.fd();
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  }
  ssize_t sent;
  do sent = ::sendmsg(socket, &message, kSendFlags);
  while (sent < 0 && errno == EINTR);
  return sent;
}

class SocketChannel final : public HostChannel {
 public:
  SocketChannel(asio::any_io_executor executor, UniqueHandle socket)
      : socket_(watched(executor, std::move(socket))), queued_more_(executor) {}

  Result<void> send(host::MessageType type, std::span<const std::byte> body, std::span<const std::byte> more,
                    UniqueHandle handle) override {
    if (ended_ || !writable_) return gone("the connection is closed");
    const std::size_t size = body.size() + more.size();
    if (queued_ + sizeof(host::MessageHeader) + size > kMaxQueued) {
      Error error{errc::unavailable, "the session's host does not read what it is sent"};
      error.hint = "it may be stopped: look at its process";
      return error;
    }
    const host::MessageHeader header{static_cast<std::uint32_t>(size), static_cast<std::uint16_t>(type), 0};
    Outgoing message{{}, std::move(handle)};
    message.bytes.reserve(sizeof header + size);
    for (const auto part : {bytes_of(header), body, more})
      message.bytes.append(static_cast<const char*>(static_cast<const void*>(part.data())), part.size());
    queued_ += message.bytes.size();
    queue_.push_back(std::move(message));
    if (queue_.size() > 1) return {};
    if (!flush()) return gone("the connection is closed");
    if (!queue_.empty()) queued_more_.notify();
    return {};
  }

  asio::awaitable<void> write_queue() override {
    while (!ended_ && writable_) {
      if (queue_.empty()) {
        co_await queued_more_.wait();
        continue;
      }
      const auto [error] = co_await socket_.async_wait(asio::posix::stream_descriptor::wait_write, kTuple);
      if (error || !flush()) co_return;
    }
  }

  asio::awaitable<Result<HostMessage>> receive() override {
    for (;;) {
      auto message = take_message(in_);
      if (!message) co_return message.error();
      if (*message) co_return std::move(**message);
      // Always through the loop, so that a host that never stops talking does not stop everything else.
      const auto [error] = co_await socket_.async_wait(asio::posix::stream_descriptor::wait_read, kTuple);
      if (error || ended_) co_return gone("the connection is closed");
      const auto filled = fill();
      if (!filled) co_return filled.error();
    }
  }

  UniqueHandle take_handle() override { return take_oldest(handles_); }

  std::optional<ChannelState> state() override {
    ChannelState state;
    state.socket = socket_.native_handle();
    state.received = in_;
    for (const auto& handle : handles_) state.handles.push_back(handle.native());
    for (const auto& message : queue_) state.queued.push_back({message.bytes, message.handle.native()});
    if (!state.queued.empty()) state.queued.front().bytes.erase(0, sent_);
    return state;
  }

  void go_on(ChannelState state) {
    in_ = std::move(state.received);
    for (const auto handle : state.handles) handles_.emplace_back(handle);
    for (auto& message : state.queued) {
      queued_ += message.bytes.size();
      queue_.push_back({std::move(message.bytes), UniqueHandle(message.handle)});
    }
    if (!queue_.empty()) queued_more_.notify();
  }

  void shut_down() noexcept override {
    ended_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    ::shutdown(socket_.native_handle(), SHUT_RDWR);
    queued_more_.notify();
  }

 private:
  // False: the connection is broken.
  bool flush() {
    while (!queue_.empty()) {
      auto& front = queue_.front();
      const std::string_view rest = std::string_view(front.bytes).substr(sent_);
      const ssize_t sent = send_some(socket_.native_handle(), rest, front.handle);
      if (sent < 0) {
        // macOS and the BSDs say ENOBUFS when the peer's buffer is full.
        if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM) return true;
        writable_ = false;
        // The reader gets what came before, then the end.
        ::shutdown(socket_.native_handle(), SHUT_RDWR);
        return false;
      }
      front.handle.reset();
      sent_ += static_cast<std::size_t>(sent);
      queued_ -= static_cast<std::size_t>(sent);
      if (sent_ < front.bytes.size()) continue;
      queue_.pop_front();
      sent_ = 0;
    }
    return true;
  }

  Result<void> fill() {
    char bytes[kReadSize];
    iovec data{bytes, sizeof bytes};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxHandlesAtOnce)] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = ::recvmsg(socket_.native_handle(), &message, kReceiveFlags);
    // The host lives on when the kernel is out of memory for a moment.
    if (got < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOMEM || errno == ENOBUFS)) return {};
    if (got < 0) return gone(os_message(errno));
    const auto kept = keep_handles(message);
    if (!kept) return kept;
    if (got == 0) return gone("it closed the connection");
    in_.append(bytes, static_cast<std::size_t>(got));
    return {};
  }

  Result<void> keep_handles(msghdr& message) {
    std::size_t came = 0;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
      if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
      const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      came += count;
      for (std::size_t i = 0; i < count; ++i) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
        handles_.emplace_back(fd);
#ifndef MSG_CMSG_CLOEXEC
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
#endif
      }
    }
    // There was room for them, and the kernel closed those that it had no number for.
    const bool truncated = (message.msg_flags & MSG_CTRUNC) != 0;
    if (truncated && came < kMaxHandlesAtOnce) return os_error("take the descriptors that the host sends", EMFILE);
    if (truncated || handles_.size() > kMaxHandlesHeld) return broken("it sends descriptors that nobody asked for");
    return {};
  }

  asio::posix::stream_descriptor socket_;
  AsyncEvent queued_more_;
  SmallDeque<Outgoing> queue_;
  std::size_t sent_ = 0;    // bytes of the queue's front
  std::size_t queued_ = 0;  // bytes of the queue that are still to be sent
  bool ended_ = false;
  bool writable_ = true;
  std::string in_;
  SmallDeque<UniqueHandle> handles_;
};

}  // namespace

Result<std::shared_ptr<HostChannel>> HostChannel::open(asio::any_io_executor executor, UniqueHandle socket) {
  try {
    return std::shared_ptr<HostChannel>(std::make_shared<SocketChannel>(executor, std::move(socket)));
  } catch (const boost::system::system_error& e) {
    return os_error("wait for the host's socket", e.code().value());
  }
}

Result<std::shared_ptr<HostChannel>> HostChannel::resume(asio::any_io_executor executor, ChannelState state) {
  try {
    auto channel = std::make_shared<SocketChannel>(executor, UniqueHandle(state.socket));
    channel->go_on(std::move(state));
    return std::shared_ptr<HostChannel>(std::move(channel));
  } catch (const boost::system::system_error& e) {
    return os_error("wait for the host's socket", e.code().value());
  }
}

}  // namespace ptyd
