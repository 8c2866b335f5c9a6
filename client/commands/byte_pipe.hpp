// A terminal, a pipe or whatever stdin and stdout are, for coroutines.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "common/error.hpp"

namespace ptyd {

// Works on a duplicate of a descriptor. One read and one write at a time. A file that the system can't watch is read
// and written without waiting: it is always ready.
class BytePipe {
 public:
  static Result<std::unique_ptr<BytePipe>> duplicate(boost::asio::any_io_executor executor, std::intptr_t descriptor);
  // Puts back whether reads and writes wait, which others may share.
  ~BytePipe();

  // At least one byte; 0 at the end or when it is of no use any more.
  boost::asio::awaitable<std::size_t> read_some(std::span<char> into);
  boost::asio::awaitable<std::size_t> write_some(std::string_view bytes);
  // False: not all could be written.
  boost::asio::awaitable<bool> write_all(std::string_view bytes);
  void close();

 private:
  struct Impl;
  explicit BytePipe(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

inline constexpr std::intptr_t kStdin = 0;
inline constexpr std::intptr_t kStdout = 1;

}  // namespace ptyd
