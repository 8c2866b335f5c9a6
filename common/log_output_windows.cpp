#include <windows.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "common/console_output_windows.hpp"
#include "common/handle_windows.hpp"
#include "common/log_output.hpp"
#include "common/token_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxWaiting = 64 * 1024;        // bytes that a pipe's reader has not taken
constexpr std::chrono::milliseconds kLastLines{200};  // for a reader to take them at the end

bool write_all(HANDLE file, std::string_view bytes) noexcept {
  DWORD written = 0;
  return ::WriteFile(file, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr) != 0 &&
         written == bytes.size();
}

// Writing to a pipe waits for its reader, and there is no asking before: a thread does it. It lives as long as the
// process when the reader never comes back.
class PipeOutput {
 public:
  explicit PipeOutput(UniqueHandle pipe) : shared_(std::make_shared<Shared>(std::move(pipe))) {
    std::thread([shared = shared_] { run(*shared); }).detach();
  }

  ~PipeOutput() {
    std::unique_lock lock(shared_->mutex);
    shared_->closed = true;
    shared_->changed.notify_all();
    shared_->changed.wait_for(lock, kLastLines, [this] { return shared_->waiting.empty() && !shared_->writing; });
  }
  PipeOutput(const PipeOutput&) = delete;
  PipeOutput& operator=(const PipeOutput&) = delete;

  bool write(std::string_view line) {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->broken || shared_->waiting.size() + line.size() > kMaxWaiting) return false;
    shared_->waiting += line;
    shared_->changed.notify_all();
    return true;
  }

 private:
  struct Shared {
    explicit Shared(UniqueHandle handle) : pipe(std::move(handle)) {}
    const UniqueHandle pipe;
    std::mutex mutex;
    std::condition_variable changed;
    std::string waiting;
    bool writing = false;
    bool closed = false;
    bool broken = false;
  };

  static void run(Shared& shared) {
    std::unique_lock lock(shared.mutex);
    while (!shared.broken) {
      shared.changed.wait(lock, [&shared] { return !shared.waiting.empty() || shared.closed; });
      if (shared.waiting.empty()) return;
      const std::string bytes = std::exchange(shared.waiting, {});
      shared.writing = true;
      lock.unlock();
      const bool written = write_all(handle_of(shared.pipe), bytes);
      lock.lock();
      shared.writing = false;
      shared.broken = !written;
      shared.changed.notify_all();
    }
  }

  std::shared_ptr<Shared> shared_;
};

// A handle of our own, so that nobody closes it under the thread that writes to it.
UniqueHandle duplicate(HANDLE handle) {
  HANDLE copy = nullptr;
  const HANDLE self = ::GetCurrentProcess();
  if (::DuplicateHandle(self, handle, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS) == 0) return {};
  return own_handle(copy);
}

class StderrOutput : public LogOutput {
 public:
  StderrOutput() : handle_(duplicate(::GetStdHandle(STD_ERROR_HANDLE))) {
    DWORD mode = 0;
    if (handle_ && ::GetFileType(handle_of(handle_)) == FILE_TYPE_PIPE)
      pipe_ = std::make_unique<PipeOutput>(std::move(handle_));
    else if (::GetConsoleMode(handle_of(handle_), &mode) != 0)
      console_ = std::make_unique<ConsoleOutput>();
  }

  bool write(std::string_view line) noexcept override {
    std::string cut;
    try {
      if (line.size() > kMaxLine) {
        cut = std::string(line.substr(0, kMaxLine - 1)) + '\n';
        return put(cut) && false;
      }
      return put(line);
    } catch (const std::exception&) {
      return false;
    }
  }

 private:
  bool put(std::string_view line) {
    if (pipe_) return pipe_->write(line);
    return console_ ? console_->write(handle_of(handle_), line) : write_all(handle_of(handle_), line);
  }

  UniqueHandle handle_;
  std::unique_ptr<ConsoleOutput> console_;
  std::unique_ptr<PipeOutput> pipe_;
};

class FileOutput : public LogOutput {
 public:
  FileOutput(std::string path, std::wstring wide, std::size_t max_bytes, std::size_t max_files)
      : path_(std::move(path)),
        wide_(std::move(wide)),
        max_bytes_(max_bytes),
        max_files_(std::max<std::size_t>(1, max_files)) {}

  Result<void> open() {
    const auto user = to_wide(own_facts().user);
    if (!user) return user.error();
    auto security = SecurityAttributes::from_text(L"D:P(A;;FA;;;" + *user + L")(A;;FA;;;SY)(A;;FA;;;BA)");
    if (!security) return security.error();
    auto file =
        own_handle(::CreateFileW(wide_.c_str(), FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE,
                                 FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, security->get(), OPEN_ALWAYS,
                                 FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    if (!file) return os_error("open the log file " + path_, last_error());
    BY_HANDLE_FILE_INFORMATION info{};
    if (::GetFileType(handle_of(file)) != FILE_TYPE_DISK) return refused();
    if (::GetFileInformationByHandle(handle_of(file), &info) == 0)
      return os_error("look at the log file " + path_, last_error());
    constexpr DWORD kOther = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DEVICE;
    if ((info.dwFileAttributes & kOther) != 0 || info.nNumberOfLinks > 1 || !is_our_file(handle_of(file)))
      return refused();
    size_ = static_cast<std::size_t>((std::uint64_t{info.nFileSizeHigh} << 32) | info.nFileSizeLow);
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
    if (!write_all(handle_of(file_), line)) return false;
    size_ += line.size();
    return true;
  }

 private:
  Error refused() const {
    Error error;
    error.code = errc::permission_denied;
    error.message = "refusing to log to " + path_ + ": it is not a regular file of ours with one name";
    error.hint = "remove it, or set another log file";
    error.subject = path_;
    return error;
  }

  std::wstring numbered(std::size_t n) const { return n == 0 ? wide_ : wide_ + L"." + std::to_wstring(n); }

  // When a name can't be changed (somebody has the file open) we go on with the file we have.
  void rotate() {
    if (max_files_ == 1) {
      file_.reset();
      const auto emptied =
          own_handle(::CreateFileW(wide_.c_str(), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                   nullptr, TRUNCATE_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    } else {
      for (std::size_t n = max_files_ - 1; n > 0; --n) {
        const bool moved = ::MoveFileExW(numbered(n - 1).c_str(), numbered(n).c_str(), MOVEFILE_REPLACE_EXISTING) != 0;
        if (!moved && n == 1 && ::GetLastError() != ERROR_FILE_NOT_FOUND) return;
      }
      file_.reset();
    }
    static_cast<void>(open());  // write() tries again and counts the line as lost
  }

  const std::string path_;
  const std::wstring wide_;
  const std::size_t max_bytes_;
  const std::size_t max_files_;
  UniqueHandle file_;
  std::size_t size_ = 0;
};

}  // namespace

std::unique_ptr<LogOutput> make_stderr_output() { return std::make_unique<StderrOutput>(); }

Result<std::unique_ptr<LogOutput>> make_file_output(std::string path, std::size_t max_bytes, std::size_t max_files) {
  auto wide = to_wide(path);
  if (!wide) return wide.error();
  auto output = std::make_unique<FileOutput>(std::move(path), std::move(*wide), max_bytes, max_files);
  if (const auto opened = output->open(); !opened) return opened.error();
  return Result<std::unique_ptr<LogOutput>>(std::move(output));
}

}  // namespace ptyd
