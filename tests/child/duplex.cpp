#include "tests/child/duplex.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <span>

#include "tests/support/pattern.hpp"

namespace ptyd {

namespace {

class Duplex {
 public:
  Duplex(std::uint64_t seed, std::uint64_t out, std::uint64_t in) : seed_(seed), out_(out), in_(in) {}

  bool done() const { return written_ == out_ && read_ == in_; }
  bool right() const { return right_; }

  // What went wrong, as an exit code.
  std::optional<int> step() {
    const bool writes = written_ < out_ && (written_ == 0 || read_ > 0 || in_ == 0);
    pollfd terminal{STDIN_FILENO, static_cast<short>((read_ < in_ ? POLLIN : 0) | (writes ? POLLOUT : 0)), 0};
    if (::poll(&terminal, 1, -1) < 0 && errno != EINTR) return kFailed;
    if ((terminal.revents & POLLIN) != 0 && !read()) return kFailed;
    if ((terminal.revents & POLLOUT) != 0 && !write()) return kFailed;
    if ((terminal.revents & POLLHUP) != 0) return kGone;
    return std::nullopt;
  }

 private:
  static constexpr int kFailed = 120;
  static constexpr int kGone = 124;

  static bool again(ssize_t result) { return result < 0 && (errno == EAGAIN || errno == EINTR); }

  std::span<std::byte> room(std::uint64_t left) {
    return std::span(block_).first(static_cast<std::size_t>(std::min<std::uint64_t>(block_.size(), left)));
  }

  bool read() {
    const auto piece = room(in_ - read_);
    const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (got < 0) return again(got);
    const auto wanted = std::span(wanted_).first(static_cast<std::size_t>(got));
    fill_pattern(~seed_, read_, wanted);
    make_printable(wanted);
    if (!std::equal(wanted.begin(), wanted.end(), piece.begin())) right_ = false;
    read_ += static_cast<std::uint64_t>(got);
    return true;
  }

  bool write() {
    const auto piece = room(written_ == 0 ? 1 : out_ - written_);
    fill_pattern(seed_, written_, piece);
    make_printable(piece);
    const ssize_t put = ::write(STDOUT_FILENO, piece.data(), piece.size());
    if (put < 0) return again(put);
    written_ += static_cast<std::uint64_t>(put);
    return true;
  }

  std::uint64_t seed_;
  std::uint64_t out_;
  std::uint64_t in_;
  std::uint64_t written_ = 0;
  std::uint64_t read_ = 0;
  bool right_ = true;
  std::array<std::byte, 16 * 1024> block_{};
  std::array<std::byte, 16 * 1024> wanted_{};
};

}  // namespace

int run_duplex(std::uint64_t seed, std::uint64_t out, std::uint64_t in) {
  if (::fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK) != 0) return 120;
  Duplex streams(seed, out, in);
  while (!streams.done())
    if (const auto failure = streams.step()) return *failure;
  return streams.right() ? 42 : 43;
}

}  // namespace ptyd
