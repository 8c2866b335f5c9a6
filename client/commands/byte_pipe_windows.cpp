#include <windows.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <string>
#include <utility>

#include "client/commands/blocking_thread_windows.hpp"
#include "client/commands/byte_pipe.hpp"
#include "client/terminal/console_input_windows.hpp"
#include "common/async_event.hpp"
#include "common/console_output_windows.hpp"
#include "common/handle_windows.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kPiece = 64 * 1024;

// Both block. Reading: empty at the end, or when it was broken off.
using Read = std::function<std::string(HANDLE stopping)>;
using Write = std::function<bool(std::string_view)>;

HANDLE handle_from(std::intptr_t native) { return reinterpret_cast<HANDLE>(native); }

std::string read_file(HANDLE file) {
  std::string bytes(kPiece, '\0');
  DWORD size = 0;
  if (::ReadFile(file, bytes.data(), static_cast<DWORD>(bytes.size()), &size, nullptr) == 0) size = 0;
  bytes.resize(size);
  return bytes;
}

bool write_file(HANDLE file, std::string_view bytes) {
  while (!bytes.empty()) {
    DWORD size = 0;
    if (::WriteFile(file, bytes.data(), static_cast<DWORD>(bytes.size()), &size, nullptr) == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

// Records without text are passed over, but for sizes.
std::string read_console(HANDLE console, HANDLE stopping, ConsoleInput& input, const std::function<void()>& resized) {
  const std::array<HANDLE, 2> either{stopping, console};
  std::array<INPUT_RECORD, 256> records{};
  while (::WaitForMultipleObjects(2, either.data(), FALSE, INFINITE) == WAIT_OBJECT_0 + 1) {
    DWORD count = 0;
    if (::ReadConsoleInputW(console, records.data(), static_cast<DWORD>(records.size()), &count) == 0) break;
    auto said = input.take(std::span(records).first(count));
    if (said.resized) resized();
    if (!said.bytes.empty()) return std::move(said.bytes);
  }
  return {};
}

}  // namespace

// What the threads have brought, on the executor. Shared with what they have posted, which may run late.
struct Progress {
  explicit Progress(const asio::any_io_executor& executor) : changed(executor) {}
  AsyncEvent changed;
  bool busy = false;
  bool ended = false;
  std::string bytes;  // read, and not taken yet
};

struct BytePipe::Impl {
  explicit Impl(asio::any_io_executor with)
      : executor(std::move(with)),
        reading(std::make_shared<Progress>(executor)),
        writing(std::make_shared<Progress>(executor)) {}

  void start_reading() {
    reading->busy = true;
    reader->run([this, progress = reading] {
      auto bytes = read(reader->stopping());
      asio::post(executor, [progress, bytes = std::move(bytes)]() mutable {
        progress->busy = false;
        progress->ended = bytes.empty();
        progress->bytes = std::move(bytes);
        progress->changed.notify();
      });
    });
  }
  void start_writing(std::string bytes) {
    writing->busy = true;
    writer->run([this, progress = writing, bytes = std::move(bytes)] {
      const bool written = write(bytes);
      asio::post(executor, [progress, written] {
        progress->busy = false;
        progress->ended = !written;
        progress->changed.notify();
      });
    });
  }

  asio::any_io_executor executor;
  std::shared_ptr<Progress> reading;
  std::shared_ptr<Progress> writing;
  Read read;
  Write write;
  ConsoleInput console_input;
  ConsoleOutput console_output;
  std::function<void()> on_resized;
  std::unique_ptr<BlockingThread> reader;  // last: the threads end first
  std::unique_ptr<BlockingThread> writer;
};

BytePipe::BytePipe(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BytePipe::~BytePipe() { close(); }

Result<std::unique_ptr<BytePipe>> BytePipe::standard(asio::any_io_executor executor, StandardEnd end) {
  const HANDLE file = ::GetStdHandle(end == StandardEnd::in ? STD_INPUT_HANDLE : STD_OUTPUT_HANDLE);
  if (file == nullptr || file == INVALID_HANDLE_VALUE) return os_error("use a standard stream", ERROR_INVALID_HANDLE);
  auto impl = std::make_unique<Impl>(std::move(executor));
  if (end == StandardEnd::in) {
    impl->read = [file](HANDLE) { return read_file(file); };
    impl->reader = std::make_unique<BlockingThread>();
  } else {
    impl->write = [file](std::string_view bytes) { return write_file(file, bytes); };
    impl->writer = std::make_unique<BlockingThread>();
  }
  return std::unique_ptr<BytePipe>(new BytePipe(std::move(impl)));
}

Result<std::unique_ptr<BytePipe>> BytePipe::of_terminal(asio::any_io_executor executor, const OuterTerminal& terminal,
                                                        std::function<void()> on_resized) {
  auto impl = std::make_unique<Impl>(std::move(executor));
  auto* self = impl.get();
  impl->on_resized = std::move(on_resized);
  impl->read = [self, console = handle_from(terminal.input()), progress = impl->reading](HANDLE stopping) {
    // After close() nobody wants to know any more.
    const auto resized = [self, progress] {
      asio::post(self->executor, [progress, tell = self->on_resized] {
        if (!progress->ended) tell();
      });
    };
    return read_console(console, stopping, self->console_input, resized);
  };
  impl->write = [self, console = handle_from(terminal.output())](std::string_view bytes) {
    return self->console_output.write(console, bytes);
  };
  impl->reader = std::make_unique<BlockingThread>();
  impl->writer = std::make_unique<BlockingThread>();
  return std::unique_ptr<BytePipe>(new BytePipe(std::move(impl)));
}

// A read that was given up goes on: what it brings is for the next one.
asio::awaitable<std::size_t> BytePipe::read_some(std::span<char> into) {
  const auto progress = impl_->reading;
  while (progress->bytes.empty() && !progress->ended) {
    if (!progress->busy) impl_->start_reading();
    co_await progress->changed.wait();
  }
  const auto size = std::min(into.size(), progress->bytes.size());
  std::copy_n(progress->bytes.begin(), size, into.begin());
  progress->bytes.erase(0, size);
  co_return size;
}

// A write that was given up goes on; the next one comes behind it.
asio::awaitable<std::size_t> BytePipe::write_some(std::string_view bytes) {
  const auto progress = impl_->writing;
  while (progress->busy) co_await progress->changed.wait();
  if (progress->ended) co_return 0;
  const auto size = std::min(bytes.size(), kPiece);
  impl_->start_writing(std::string(bytes.substr(0, size)));
  while (progress->busy) co_await progress->changed.wait();
  co_return progress->ended ? 0 : size;
}

void BytePipe::close() {
  impl_->reading->ended = true;
  impl_->writing->ended = true;
  impl_->reader.reset();
  impl_->writer.reset();
}

}  // namespace ptyd
