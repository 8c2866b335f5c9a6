#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "daemon/hostlink/memory_file.hpp"

namespace ptyd {

namespace {

UniqueHandle open_nameless() {
#ifdef MFD_CLOEXEC
  return UniqueHandle(::memfd_create("ptyd-blob", MFD_CLOEXEC));
#else
  char path[] = "/tmp/ptyd-blob-XXXXXX";
  UniqueHandle file(::mkstemp(path));
  if (!file) return file;
  ::unlink(path);
  if (::fcntl(file.fd(), F_SETFD, FD_CLOEXEC) != 0) return UniqueHandle();
  return file;
#endif
}

Error bad_blob(const char* why) {
  return Error{errc::malformed, std::string("what the host keeps can't be used: ") + why};
}

}  // namespace

Result<UniqueHandle> make_memory_file(std::string_view content) {
  auto file = open_nameless();
  if (!file) return os_error("make a file for the host", errno);
  for (off_t at = 0; !content.empty();) {
    const ssize_t written = ::pwrite(file.fd(), content.data(), content.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return os_error("write a file for the host", written < 0 ? errno : EIO);
    at += written;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return file;
}

Result<std::string> read_memory_file(const UniqueHandle& file, std::uint64_t size) {
  struct stat info {};
  if (size > kMaxBlob) return bad_blob("it is too large");
  if (::fstat(file.fd(), &info) != 0) return os_error("look at what the host keeps", errno);
  // Reading a pipe or a device could wait for ever.
  if (!S_ISREG(info.st_mode)) return bad_blob("it is no plain file");
  if (info.st_size < 0 || static_cast<std::uint64_t>(info.st_size) < size) return bad_blob("it is too short");
  std::string content(static_cast<std::size_t>(size), '\0');
  for (std::size_t at = 0; at < content.size();) {
    const ssize_t got = ::pread(file.fd(), content.data() + at, content.size() - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return os_error("read what the host keeps", errno);
    if (got == 0) return bad_blob("it is too short");
    at += static_cast<std::size_t>(got);
  }
  return content;
}

}  // namespace ptyd
