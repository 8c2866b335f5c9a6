#include "daemon/hostlink/nursery.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "daemon/host/nursery_wire.hpp"
#include "daemon/hostlink/fork_program.hpp"

namespace ptyd {

namespace {

// Which file a program is: an installed one that is replaced is another.
struct ProgramFile {
  dev_t device = 0;
  ino_t number = 0;
  timespec changed{};

  bool operator==(const ProgramFile& other) const noexcept {
    return device == other.device && number == other.number && changed.tv_sec == other.changed.tv_sec &&
           changed.tv_nsec == other.changed.tv_nsec;
  }
};

struct Nursery {
  std::string program;
  ProgramFile file;
  UniqueHandle socket;  // none: it has ended
  bool ready = false;
};

Nursery& nursery() {
  static Nursery the_one;
  return the_one;
}

bool find_file(const std::string& program, ProgramFile& file) {
  struct stat found {};
  if (::stat(program.c_str(), &found) != 0) return false;
  file = {found.st_dev, found.st_ino, found.st_ctim};
  return true;
}

// Without waiting for it.
bool is_ready(Nursery& one) {
  unsigned char word = 0;
  if (one.ready || !one.socket) return one.ready;
  const ssize_t got = ::recv(one.socket.fd(), &word, sizeof word, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  one.ready = got == 1 && word == host::kNurseryReady;
  if (!one.ready) one.socket.reset();  // an older program, which does not know how
  return one.ready;
}

bool ask(const UniqueHandle& socket, const std::vector<PlacedHandle>& handles) {
  std::array<unsigned char, host::kMaxPlaced> places{};
  std::array<int, host::kMaxPlaced> fds{};
  if (handles.size() > places.size()) return false;
  for (std::size_t i = 0; i < handles.size(); ++i) {
    places[i] = static_cast<unsigned char>(handles[i].place);
    fds[i] = handles[i].handle->fd();
  }
  const std::size_t bytes = handles.size() * sizeof(int);
  iovec data{places.data(), handles.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fds)> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = CMSG_SPACE(bytes);
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(bytes);
  std::memcpy(CMSG_DATA(header), fds.data(), bytes);
  ssize_t sent;
  do sent = ::sendmsg(socket.fd(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(handles.size());
}

// It is asked when it has said that it is there, and not before: a program that can't be started tells why itself.
void begin(Nursery& one, const std::string& program, const ProgramFile& file) {
  one = {program, file, UniqueHandle(), false};
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return;
  UniqueHandle ours(ends[0]);
  const UniqueHandle theirs(ends[1]);
  if (fork_program(program, host::kNurseryArgument, {{&theirs, host::kSpecFd}}))
    one.socket = std::move(ours);
  else
    one = {};
}

}  // namespace

bool start_in_nursery(const std::string& program, const std::vector<PlacedHandle>& handles) {
#ifdef __SANITIZE_THREAD__
  return false;  // a process that is forked past the C library has not the threads of the sanitizer
#endif
  Nursery& one = nursery();
  ProgramFile file;
  if (!find_file(program, file)) {
    one = {};
    return false;
  }
  if (one.program != program || !(one.file == file)) {
    begin(one, program, file);
    return false;
  }
  if (!is_ready(one)) return false;
  if (ask(one.socket, handles)) return true;
  if (errno != EAGAIN) begin(one, program, file);
  return false;
}

void forget_nursery() noexcept { nursery() = {}; }

}  // namespace ptyd
