// Frames that no client should send, as fast as one thread can: wrong lengths, random bytes, damaged messages, right
// messages in the wrong state. Each connection ends with one that the daemon has to close it for, within a second.
#include <google/protobuf/stubs/common.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#if GOOGLE_PROTOBUF_VERSION < 4022000
#include <google/protobuf/stubs/logging.h>
#endif

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "ptyd/v1/ptyd.pb.h"
#include "tests/soak/link.hpp"

namespace ptyd::soak {
namespace {

using Clock = std::chrono::steady_clock;

class Connection {
 public:
  explicit Connection(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const timeval second{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      fail(std::string("connect failed: ") + std::strerror(errno));
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(fd_); }

  // False when the daemon has closed it already.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) fail("the daemon did not read for a second");
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Reads what there is up to the end of the connection.
  void read_to_end() {
    char bytes[16384];
    for (;;) {
      const ssize_t got = ::recv(fd_, bytes, sizeof bytes, 0);
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) fail("a connection was not closed within a second");
      if (got <= 0) return;
    }
  }

 private:
  int fd_;
};

std::string framed(const std::string& body) {
  const auto size = static_cast<std::uint32_t>(body.size());
  std::string frame{static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8),
                    static_cast<char>(size)};
  return frame + body;
}

std::string hello() {
  v1::Frame frame;
  frame.set_id(1);
  frame.mutable_hello()->set_protocol_min(1);
  frame.mutable_hello()->set_protocol_max(1);
  return framed(frame.SerializeAsString());
}

// What the damaged messages are made from.
std::vector<std::string> messages() {
  std::vector<v1::Frame> frames(8);
  std::uint64_t id = 2;
  for (v1::Frame& frame : frames) frame.set_id(id++);
  frames[0].mutable_request()->mutable_inspect()->set_session("nobody");
  frames[1].mutable_request()->mutable_resize()->set_session("nobody");
  frames[1].mutable_request()->mutable_resize()->mutable_size()->set_cols(4'000'000'000U);
  frames[2].mutable_request()->mutable_history()->set_session("nobody");
  frames[2].mutable_request()->mutable_history()->set_from_offset(~std::uint64_t{0});
  frames[3].mutable_request()->mutable_attach()->set_session("nobody");
  frames[3].mutable_request()->mutable_attach()->set_credit(~std::uint64_t{0});
  frames[4].clear_id();
  frames[4].mutable_credit()->set_attachment(77);
  frames[4].mutable_credit()->set_bytes(~std::uint64_t{0});
  frames[5].clear_id();
  frames[5].mutable_input()->set_attachment(77);
  frames[5].mutable_input()->set_data(std::string(200, 'x'));
  frames[6].mutable_request()->mutable_search()->set_session("nobody");
  frames[6].mutable_request()->mutable_search()->set_pattern("(((((");
  frames[7].mutable_request();
  std::vector<std::string> all;
  for (const v1::Frame& frame : frames) all.push_back(frame.SerializeAsString());
  return all;
}

// The damage has left a message that is right, and asks for what would end the test: by chance every 100,000th.
bool is_an_order(const std::string& body) {
#if GOOGLE_PROTOBUF_VERSION < 4022000
  const google::protobuf::LogSilencer silencer;  // of bad UTF-8
#endif
  v1::Frame frame;
  if (!frame.ParseFromString(body)) return false;
  return frame.request().has_shutdown() || frame.request().has_upgrade() || frame.request().has_create();
}

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed), messages_(messages()) {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  // May be answered with an error, or end the connection.
  std::string bad() {
    std::string body = damaged();
    while (is_an_order(body)) body = damaged();
    return framed(body);
  }

  // Has to end the connection.
  std::string fatal() {
    if (below(2) == 0) return std::string{'\0', '\x7f', '\xff', '\xff'};
    std::string body(1 + below(300), '\0');
    std::generate(body.begin(), body.end(), [this] { return static_cast<char>(random_()); });
    body[0] = '\x0f';  // a wire type that does not exist
    return framed(body);
  }

 private:
  std::string damaged() {
    std::string body = messages_[below(messages_.size())];
    for (std::uint64_t damage = below(3); damage > 0 && !body.empty(); --damage) {
      const std::uint64_t at = below(body.size());
      if (below(4) == 0)
        body.resize(at);
      else
        body[at] = static_cast<char>(random_());
    }
    return body;
  }

  std::mt19937_64 random_;
  std::vector<std::string> messages_;
};

}  // namespace

int run_malformed(Arguments arguments) {
  const std::string socket = text(arguments, 0);
  Maker maker(number(arguments, 1));
  const std::uint64_t wanted = number(arguments, 2);
  const std::string greeting = hello();
  std::uint64_t sent = 0;
  std::uint64_t connections = 0;
  Clock::duration longest{};
  while (sent < wanted) {
    Connection connection(socket);
    ++connections;
    bool open = maker.below(8) == 0 || connection.send(greeting);
    for (std::uint64_t left = maker.below(128); open && left > 0; --left, ++sent) open = connection.send(maker.bad());
    if (open) {
      connection.send(maker.fatal());
      ++sent;
    }
    const auto begun = Clock::now();
    connection.read_to_end();
    longest = std::max(longest, Clock::now() - begun);
  }
  std::printf("{\"frames\":%llu,\"connections\":%llu,\"longest_close_ms\":%.1f}\n",
              static_cast<unsigned long long>(sent), static_cast<unsigned long long>(connections),
              std::chrono::duration<double, std::milli>(longest).count());
  return 0;
}

}  // namespace ptyd::soak
