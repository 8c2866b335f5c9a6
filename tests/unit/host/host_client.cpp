#include "tests/unit/host/host_client.hpp"

#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

namespace ptyd {

using host::MessageType;

HostClient::HostClient(const std::string& socket_path) {
  host::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_path.c_str(), sizeof address.sun_path - 1);
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    socket_ = std::move(socket);
}

HostClient::HostClient(HostClient&& other) noexcept
    : socket_(std::move(other.socket_)),
      wakeup_(std::move(other.wakeup_)),
      ring_memory_(std::move(other.ring_memory_)),
      about_(other.about_),
      ring_(std::exchange(other.ring_, nullptr)),
      mapped_(other.mapped_) {}

HostClient::~HostClient() { unmap(); }

int HostClient::fd() const { return socket_.fd(); }
int HostClient::ring_fd() const { return ring_memory_.fd(); }

void HostClient::disconnect() { socket_.reset(); }

void HostClient::unmap() {
  if (ring_ != nullptr) ::munmap(ring_, mapped_);
  ring_ = nullptr;
}

// ---------------------------------------------------------------- messages

bool HostClient::send_raw(std::span<const std::byte> bytes, int descriptor) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  while (!bytes.empty()) {
    iovec piece{const_cast<std::byte*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      cmsghdr* const part = CMSG_FIRSTHDR(&message);
      part->cmsg_level = SOL_SOCKET;
      part->cmsg_type = SCM_RIGHTS;
      part->cmsg_len = CMSG_LEN(sizeof(int));
      std::memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
      descriptor = -1;
    }
    const ssize_t sent = ::sendmsg(socket_.fd(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN && wait_for(socket_.fd(), POLLOUT)) continue;
    if (sent < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HostClient::send_message(MessageType type, const std::string& body, int descriptor) {
  const host::MessageHeader header{static_cast<std::uint32_t>(body.size()), static_cast<std::uint16_t>(type), 0};
  const std::string whole = std::string(reinterpret_cast<const char*>(&header), sizeof header) + body;
  return send_raw(std::as_bytes(std::span(whole)), descriptor);
}

bool HostClient::read_exactly(void* to, std::size_t bytes, std::vector<host::Descriptor>& descriptors,
                              Deadline deadline) {
  char* at = static_cast<char*>(to);
  while (bytes > 0) {
    if (!wait_for(socket_.fd(), POLLIN, deadline)) return false;
    iovec piece{at, bytes};
    alignas(cmsghdr) char control[CMSG_SPACE(4 * sizeof(int))];
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = ::recvmsg(socket_.fd(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return false;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part))
      for (std::size_t i = 0; i < (part->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++i) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
        descriptors.emplace_back(fd);
      }
    at += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

std::optional<Message> HostClient::receive(Deadline deadline) {
  Message message;
  host::MessageHeader header{};
  if (!read_exactly(&header, sizeof header, message.descriptors, deadline)) return std::nullopt;
  message.type = static_cast<MessageType>(header.type);
  message.body.resize(header.size);
  if (!read_exactly(message.body.data(), header.size, message.descriptors, deadline)) return std::nullopt;
  return message;
}

std::optional<Message> HostClient::expect(MessageType type, Deadline deadline) {
  for (auto message = receive(deadline); message; message = receive(deadline))
    if (message->type == type) return message;
  return std::nullopt;
}

std::optional<std::uint32_t> HostClient::result(Deadline deadline) {
  const auto message = expect(MessageType::result, deadline);
  if (!message) return std::nullopt;
  return message->as<host::Result>().error;
}

bool HostClient::closed_by_host(Deadline deadline) {
  char bytes[4096];
  for (;;) {
    if (!wait_for(socket_.fd(), POLLIN, deadline)) return false;
    const ssize_t got = ::recv(socket_.fd(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno == ECONNRESET)) return true;
    if (got < 0 && errno != EINTR && errno != EAGAIN) return false;
  }
}

bool HostClient::hello() {
  if (!connected() || !send(MessageType::hello, host::Hello{1, 1})) return false;
  const auto reply = receive();
  if (!reply || reply->type != MessageType::hello_reply) return false;
  about_ = reply->as<host::HelloReply>();
  return about_.version == 1;
}

bool HostClient::attach() { return attach_as(about_.generation + 1); }

bool HostClient::attach_as(std::uint64_t generation) {
  if (!send(MessageType::attach, host::Attach{generation})) return false;
  auto reply = receive();
  if (!reply || reply->type != MessageType::attached || reply->descriptors.size() != 2) return false;
  ring_memory_ = std::move(reply->descriptors[0]);
  wakeup_ = std::move(reply->descriptors[1]);
  struct stat about {};
  if (::fstat(ring_memory_.fd(), &about) != 0) return false;
  unmap();
  mapped_ = static_cast<std::size_t>(about.st_size);
  void* const mapped = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED, ring_memory_.fd(), 0);
  ring_ = mapped != MAP_FAILED ? static_cast<host::RingHeader*>(mapped) : nullptr;
  return ring_ != nullptr;
}

bool HostClient::type(std::string_view text, std::uint64_t offset, std::uint8_t stream) {
  host::Input input{};
  input.stream[0] = stream;
  input.offset = offset;
  return send(MessageType::input, input, text);
}

std::uint32_t HostClient::signal(int number, host::SignalTarget target) {
  send(MessageType::signal, host::Signal{static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(target)});
  return result().value_or(~0U);
}

// ---------------------------------------------------------------- the ring

std::byte HostClient::at(std::uint64_t offset) const {
  return reinterpret_cast<const std::byte*>(ring_)[host::kDataOffset + offset % ring_->capacity];
}

bool HostClient::wait_wakeup(Deadline deadline) {
  std::uint64_t count = 0;
  return wait_for(wakeup_.fd(), POLLIN, deadline) && ::read(wakeup_.fd(), &count, sizeof count) > 0;
}

bool HostClient::wait_output(std::uint64_t seen, Deadline deadline) {
  for (;;) {
    ring_->output_armed.store(1);
    if (ring_->head.load() > seen && ring_->burst.load() == 0) {
      ring_->output_armed.store(0);
      return true;
    }
    if (!wait_wakeup(deadline)) return ring_->head.load() > seen;
    if (ring_->head.load() > seen) return true;
  }
}

bool HostClient::wait_written(std::uint64_t written, Deadline deadline) {
  for (;;) {
    ring_->input_armed.store(1);
    if (ring_->input_written.load() >= written) {
      ring_->input_armed.store(0);
      return true;
    }
    if (!wait_wakeup(deadline)) return ring_->input_written.load() >= written;
  }
}

bool HostClient::wait_at_floor(Deadline deadline) {
  for (;;) {
    ring_->output_armed.store(1);
    if (ring_->waiting_at_floor.load() != 0) return true;
    if (!wait_wakeup(deadline)) return false;
  }
}

void HostClient::raise_floor(std::uint64_t floor) {
  ring_->floor.store(floor);
  if (ring_->waiting_at_floor.load() != 0) send(MessageType::credit);
}

std::string HostClient::output(std::uint64_t from, std::uint64_t to) const {
  std::string text;
  for (std::uint64_t i = from; i < to; ++i) text += static_cast<char>(at(i));
  return text;
}

std::string HostClient::output_until(std::string_view text, std::uint64_t from, Deadline deadline) {
  for (;;) {
    const std::uint64_t head = ring_->head.load();
    std::string found = output(from, head);
    if (found.find(text) != std::string::npos || !wait_output(head, deadline)) return found;
  }
}

}  // namespace ptyd
