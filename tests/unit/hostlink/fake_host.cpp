#include "tests/unit/hostlink/fake_host.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <boost/asio/detached.hpp>
#include <cstring>
#include <stdexcept>

#include "common/local_endpoint.hpp"

namespace ptyd {

namespace {

constexpr int kLimitMs = 20'000;

void wait_for(int fd, short events) {
  pollfd ready{fd, events, 0};
  if (::poll(&ready, 1, kLimitMs) != 1) throw std::runtime_error("nothing came in time");
}

}  // namespace

FakeHost::FakeHost(std::function<void(FakeHost&)> script)
    : path_(temp_ / "host"), listener_(listen_local(path_).value()) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("pipe");
  wake_read_.reset(ends[0]);
  wake_write_.reset(ends[1]);
  thread_ = std::thread([this, script = std::move(script)] {
    try {
      wait_for(listener_.fd(), POLLIN);
      connection_.reset(::accept(listener_.fd(), nullptr, nullptr));
      script(*this);
    } catch (const std::exception&) {
      // The daemon has gone, or the test has: it sees the closed connection.
    }
    connection_.reset();
  });
}

FakeHost::~FakeHost() { thread_.join(); }

std::string FakeHost::receive_bytes(std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    wait_for(connection_.fd(), POLLIN);
    std::string piece(size - bytes.size(), '\0');
    iovec data{piece.data(), piece.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = ::recvmsg(connection_.fd(), &message, 0);
    if (got <= 0) throw std::runtime_error("the daemon has closed the connection");
    if (const cmsghdr* const part = CMSG_FIRSTHDR(&message)) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part), sizeof fd);
      taken_.reset(fd);
    }
    bytes.append(piece, 0, static_cast<std::size_t>(got));
  }
  return bytes;
}

HostMessage FakeHost::receive() {
  const std::string head = receive_bytes(sizeof(host::MessageHeader));
  host::MessageHeader header{};
  decode(head, header);
  return {static_cast<host::MessageType>(header.type), receive_bytes(header.size)};
}

HostMessage FakeHost::expect(host::MessageType type) {
  auto message = receive();
  if (message.type != type) throw std::runtime_error("another message was expected");
  return message;
}

void FakeHost::send_raw(const std::string& bytes, const std::vector<int>& handles) {
  std::string rest = bytes;
  iovec data{rest.data(), rest.size()};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  std::vector<char> control(CMSG_SPACE(sizeof(int) * handles.size()));
  if (!handles.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(int) * handles.size());
    std::memcpy(CMSG_DATA(part), handles.data(), sizeof(int) * handles.size());
  }
  if (::sendmsg(connection_.fd(), &message, MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("the daemon does not read");
}

void FakeHost::send(host::MessageType type, std::span<const std::byte> body, const std::vector<int>& handles) {
  const host::MessageHeader header{static_cast<std::uint32_t>(body.size()), static_cast<std::uint16_t>(type), 0};
  std::string bytes;
  for (const auto part : {bytes_of(header), body})
    bytes.append(static_cast<const char*>(static_cast<const void*>(part.data())), part.size());
  send_raw(bytes, handles);
}

void FakeHost::answer(host::MessageType request, std::uint32_t error) {
  const host::Result result{error, static_cast<std::uint32_t>(request)};
  send(host::MessageType::result, bytes_of(result));
}

host::HelloReply FakeHost::hello_reply() const {
  host::HelloReply reply{};
  reply.version = reply.version_min = reply.version_max = 1;
  reply.features = host::kFeaturePidfd;
  reply.generation = kGeneration;
  reply.session_id[0] = 0xab;
  return reply;
}

void FakeHost::greet() {
  expect(host::MessageType::hello);
  send(host::MessageType::hello_reply, bytes_of(hello_reply()));
}

void FakeHost::hand_over() {
  const auto message = expect(host::MessageType::attach);
  host::Attach attach{};
  decode(message.body, attach);
  const host::Attached attached{attach.generation};
  send(host::MessageType::attached, bytes_of(attached), {ring_.handle().fd(), wake_read_.fd()});
}

void FakeHost::wake() {
  if (::write(wake_write_.fd(), "w", 1) != 1) throw std::runtime_error("write");
}

void FakeHost::wait_for_end() {
  for (;;) static_cast<void>(receive());
}

std::unique_ptr<HostLink> connect_to(boost::asio::io_context& loop, const FakeHost& host) {
  auto task = HostLink::connect(loop.get_executor(), host.path(), std::chrono::milliseconds(kLimitMs));
  auto link = run(loop, std::move(task));
  if (!link) throw ErrorException(link.error());
  return std::move(*link);
}

}  // namespace ptyd
