#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

#include "common/log_output.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

namespace {

class StderrOutput : public LogOutput {
 public:
  StderrOutput() {
    struct stat info {};
    is_socket_ = ::fstat(STDERR_FILENO, &info) == 0 && S_ISSOCK(info.st_mode);
  }

  bool write(std::string_view line) noexcept override {
    // A pipe that poll() calls writable takes at least PIPE_BUF bytes without waiting.
    std::array<char, PIPE_BUF> cut{};
    const bool too_long = line.size() > cut.size();
    if (too_long) {
      std::memcpy(cut.data(), line.data(), cut.size());
      cut.back() = '\n';
      line = {cut.data(), cut.size()};
    }
    return put(line) && !too_long;
  }

 private:
  bool put(std::string_view line) const noexcept {
    if (is_socket_) return ::send(STDERR_FILENO, line.data(), line.size(), MSG_DONTWAIT) == ssize_t(line.size());
    pollfd ready{STDERR_FILENO, POLLOUT, 0};
    if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return false;
    ssize_t written;
    do written = ::write(STDERR_FILENO, line.data(), line.size());
    while (written < 0 && errno == EINTR);
    return written == static_cast<ssize_t>(line.size());
  }

  bool is_socket_ = false;
};

class FileOutput : public LogOutput {
 public:
  FileOutput(std::string path, std::size_t max_bytes, std::size_t max_files)
      : path_(std::move(path)), max_bytes_(max_bytes), max_files_(std::max<std::size_t>(1, max_files)) {}

  Result<void> open() {
    // O_NONBLOCK: a FIFO in the file's place must not stop us.
    UniqueHandle file(
        ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600));
    if (!file) return os_error("open the log file " + path_, errno);
    struct stat info {};
    if (::fstat(file.fd(), &info) != 0) return os_error("look at the log file " + path_, errno);
    if (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid() || info.st_nlink > 1) {
      Error error;
      error.code = errc::permission_denied;
      error.message = "refusing to log to " + path_ + ": it is not a regular file of ours with one name";
      error.hint = "remove it, or set another log file";
      error.subject = path_;
      return error;
    }
    size_ = static_cast<std::size_t>(info.st_size);
    file_ = std::move(file);
    return {};
  }

  bool write(std::string_view line) noexcept override {
    try {
      if (size_ > 0 && size_ + line.size() > max_bytes_) rotate();
      if (!file_ && !open()) return false;
    } catch (...) {
      if (!file_) return false;
    }
    ssize_t written;
    do written = ::write(file_.fd(), line.data(), line.size());
    while (written < 0 && errno == EINTR);
    if (written > 0) size_ += static_cast<std::size_t>(written);
    return written == static_cast<ssize_t>(line.size());
  }

 private:
  std::string numbered(std::size_t n) const { return n == 0 ? path_ : path_ + "." + std::to_string(n); }

  // When a name can't be changed (a read-only disk) we go on with the file we have.
  void rotate() {
    if (max_files_ == 1) {
      if (file_ && ::ftruncate(file_.fd(), 0) == 0) size_ = 0;
      return;
    }
    for (std::size_t n = max_files_ - 1; n > 0; --n) {
      const bool moved = ::rename(numbered(n - 1).c_str(), numbered(n).c_str()) == 0;
      if (!moved && n == 1 && errno != ENOENT) return;
    }
    file_.reset();
    static_cast<void>(open());  // write() tries again and counts the line as lost
  }

  const std::string path_;
  const std::size_t max_bytes_;
  const std::size_t max_files_;
  UniqueHandle file_;
  std::size_t size_ = 0;
};

}  // namespace

std::unique_ptr<LogOutput> make_stderr_output() { return std::make_unique<StderrOutput>(); }

Result<std::unique_ptr<LogOutput>> make_file_output(std::string path, std::size_t max_bytes, std::size_t max_files) {
  auto output = std::make_unique<FileOutput>(std::move(path), max_bytes, max_files);
  if (const auto opened = output->open(); !opened) return opened.error();
  return Result<std::unique_ptr<LogOutput>>(std::move(output));
}

}  // namespace ptyd
