#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>

#include "daemon/host/connection_posix.hpp"

namespace ptyd::host {

namespace {

#ifdef MSG_CMSG_CLOEXEC
constexpr int kReceiveFlags = MSG_CMSG_CLOEXEC;
#else
constexpr int kReceiveFlags = 0;  // not on macOS; the host executes nothing after its program
#endif

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

void Connection::open(Descriptor socket, std::uint64_t number) noexcept {
  close();
  socket_ = static_cast<Descriptor&&>(socket);
  number_ = number;
}

void Connection::close() noexcept {
  socket_.reset();
  next();
  drop_output();
  greeted_ = false;
  peer_reads_ = true;
}

void Connection::drop_output() noexcept {
  for (Descriptor& descriptor : out_descriptors_) descriptor.reset();
  out_bytes_ = 0;
  out_sent_ = 0;
  owed_.clear();
}

void Connection::next() noexcept {
  in_.clear();
  in_descriptor_.reset();
}

Connection::Received Connection::receive() noexcept {
  // Header and body apart: no read goes beyond a message, so a descriptor is known to be of this one.
  while (!in_.whole()) {
    std::size_t got = 0;
    if (!receive_some(got) || !in_.add(got)) {
      close();
      return Received::closed;
    }
    if (got == 0) return Received::nothing;
  }
  return Received::message;
}

// False: the connection is to be closed. `got` is 0 when there is nothing to read now.
bool Connection::receive_some(std::size_t& got) noexcept {
  iovec piece{in_.end(), in_.missing()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t result = ::recvmsg(socket_.fd(), &message, kReceiveFlags);
  // What the kernel has no memory for now is still there later.
  if (result < 0) return would_block() || errno == EINTR || errno == ENOMEM || errno == ENOBUFS;
  const bool kept = keep_descriptors(&message);
  got = static_cast<std::size_t>(result);
  return kept && result > 0 && (message.msg_flags & MSG_CTRUNC) == 0;
}

// False: more than one came with a message.
bool Connection::keep_descriptors(void* received) noexcept {
  msghdr& message = *static_cast<msghdr*>(received);
  bool kept = true;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
      kept = kept && !in_descriptor_;
      Descriptor taken(fd);
      if (!in_descriptor_) in_descriptor_ = static_cast<Descriptor&&>(taken);
    }
  }
  return kept;
}

std::size_t Connection::Numbers::count() const noexcept {
  std::size_t count = 0;
  while (count < kMaxDescriptors && fds[count] >= 0) ++count;
  return count;
}

void Connection::send_bytes(MessageType type, const void* body, std::size_t bytes, const Numbers& numbers) noexcept {
  if (!is_open() || !peer_reads_ || sending()) return;
  out_.header = {static_cast<std::uint32_t>(bytes), static_cast<std::uint16_t>(type), 0};
  std::memcpy(out_.body, body, bytes);
  out_bytes_ = sizeof out_.header + bytes;
  out_sent_ = 0;
  push(numbers.fds, numbers.count());
  if (sending() && out_sent_ == 0) keep_for_later(numbers.fds, numbers.count());
}

void Connection::tell(MessageType type) noexcept {
  if (!is_open() || !peer_reads_) return;
  owed_.add(type);
  if (!sending()) flush();
}

void Connection::flush() noexcept {
  if (sending()) {
    const Numbers numbers{{out_descriptors_[0].fd(), out_descriptors_[1].fd(), out_descriptors_[2].fd()}};
    const bool first = out_sent_ == 0;
    push(numbers.fds, first ? numbers.count() : 0);
    if (out_sent_ > 0 || !sending())
      for (Descriptor& descriptor : out_descriptors_) descriptor.reset();
  }
  while (is_open() && !sending() && !owed_.empty()) {
    const std::byte none{};
    send_bytes(owed_.take(), &none, 0, {{-1, -1, -1}});
  }
}

void Connection::push(const int* fds, std::size_t count) noexcept {
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxDescriptors * sizeof(int))] = {};
  while (out_sent_ < out_bytes_) {
    iovec piece{reinterpret_cast<std::byte*>(&out_) + out_sent_, out_bytes_ - out_sent_};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (count > 0 && out_sent_ == 0) {
      message.msg_control = control;
      message.msg_controllen = CMSG_SPACE(count * sizeof(int));
      cmsghdr* const part = CMSG_FIRSTHDR(&message);
      part->cmsg_level = SOL_SOCKET;
      part->cmsg_type = SCM_RIGHTS;
      part->cmsg_len = CMSG_LEN(count * sizeof(int));
      std::memcpy(CMSG_DATA(part), fds, count * sizeof(int));
    }
    const ssize_t sent = ::sendmsg(socket_.fd(), &message, 0);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && would_block()) return;
    if (sent < 0) {
      peer_reads_ = false;
      return drop_output();
    }
    out_sent_ += static_cast<std::size_t>(sent);
  }
  out_bytes_ = 0;
}

void Connection::keep_for_later(const int* fds, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    out_descriptors_[i].reset(::fcntl(fds[i], F_DUPFD_CLOEXEC, 0));
    if (!out_descriptors_[i]) return close();
  }
}

}  // namespace ptyd::host
