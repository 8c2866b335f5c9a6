#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "common/new_file.hpp"

namespace ptyd {

namespace {

// A file that may grow no further is an error to us and not the end of the process. Programs that are started get it
// back by default: their hosts ask for that.
void ignore_size_limit() noexcept { ::signal(SIGXFSZ, SIG_IGN); }

}  // namespace

Result<NewFile> NewFile::create(const std::string& path) {
  ignore_size_limit();
  UniqueHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600));
  if (file) return NewFile(path, std::move(file));
  auto error = os_error("make the file " + path, errno);
  error.subject = path;
  if (errno == EEXIST) {
    error.code = errc::already_exists;
    error.hint = "choose another name, or remove what is there";
  }
  return error;
}

Result<void> NewFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto size = ::write(file_.fd(), bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return os_error("write to " + path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

Result<void> NewFile::cut(std::uint64_t size) {
  if (::ftruncate(file_.fd(), static_cast<off_t>(size)) != 0) return os_error("cut " + path_, errno);
  if (::lseek(file_.fd(), static_cast<off_t>(size), SEEK_SET) < 0) return os_error("cut " + path_, errno);
  return {};
}

void NewFile::remove() noexcept { ::unlink(path_.c_str()); }

}  // namespace ptyd
