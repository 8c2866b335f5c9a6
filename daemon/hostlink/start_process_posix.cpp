#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "common/watched_descriptor.hpp"
#include "daemon/host/wire.hpp"
#include "daemon/hostlink/fork_program.hpp"
#include "daemon/hostlink/nursery.hpp"
#include "daemon/hostlink/start_process.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

class PipeAnswer final : public ProcessAnswer {
 public:
  PipeAnswer(asio::any_io_executor executor, UniqueHandle pipe) : pipe_(watched(executor, std::move(pipe))) {}

  asio::awaitable<Result<std::string>> read(std::size_t size) override {
    std::string answer;
    while (answer.size() < size) {
      const auto [error] = co_await pipe_.async_wait(asio::posix::stream_descriptor::wait_read, kTuple);
      if (error || given_up_) co_return Error{errc::cancelled, "nobody waits for the answer any more"};
      std::array<char, 64> bytes{};
      const ssize_t got = ::read(pipe_.native_handle(), bytes.data(), std::min(bytes.size(), size - answer.size()));
      if (got == 0) {
        forget_nursery();
        break;
      }
      if (got < 0 && errno != EAGAIN && errno != EINTR) co_return os_error("read the host's answer", errno);
      if (got > 0) answer.append(bytes.data(), static_cast<std::size_t>(got));
    }
    co_return answer;
  }

  void give_up() noexcept override {
    given_up_ = true;
    boost::system::error_code ignored;
    pipe_.cancel(ignored);
  }

 private:
  asio::posix::stream_descriptor pipe_;
  bool given_up_ = false;
};

struct Pipe {
  UniqueHandle read;
  UniqueHandle write;
};

Result<Pipe> make_pipe() {
  int ends[2];
#ifdef __APPLE__
  const int made = ::pipe(ends);
#else
  const int made = ::pipe2(ends, O_CLOEXEC);
#endif
  if (made != 0) return os_error("make a pipe for the host's answer", errno);
  UniqueHandle read(ends[0]);
  const UniqueHandle write(ends[1]);
  Pipe pipe{std::move(read), out_of_the_way(write.fd())};
  if (!pipe.write || ::fcntl(pipe.read.fd(), F_SETFD, FD_CLOEXEC) != 0 ||
      ::fcntl(pipe.read.fd(), F_SETFL, O_NONBLOCK) != 0)
    return os_error("make a pipe for the host's answer", errno);
  return pipe;
}

}  // namespace

Result<std::shared_ptr<ProcessAnswer>> start_process(asio::any_io_executor executor, const std::string& program,
                                                     const UniqueHandle& spec, const UniqueHandle& record) {
  std::vector<PlacedHandle> handles{{&spec, host::kSpecFd}};
  if (record) handles.push_back({&record, host::kRecordFd});
  return start_process_with(executor, program, handles);
}

Result<std::shared_ptr<ProcessAnswer>> start_process_with(asio::any_io_executor executor, const std::string& program,
                                                          const std::vector<PlacedHandle>& handles) {
  auto pipe = make_pipe();
  if (!pipe) return pipe.error();
  std::vector<PlacedHandle> all = handles;
  all.push_back({&pipe->write, host::kResultFd});
  std::shared_ptr<ProcessAnswer> answer;
  try {
    answer = std::make_shared<PipeAnswer>(executor, std::move(pipe->read));
  } catch (const boost::system::system_error& e) {
    return os_error("wait for the host's answer", e.code().value());
  }
  if (start_in_nursery(program, all)) return answer;
  if (const auto started = fork_program(program, nullptr, all); !started) return started.error();
  return answer;
}

}  // namespace ptyd
