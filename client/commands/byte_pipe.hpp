// A terminal, a pipe or whatever stdin and stdout are, for coroutines.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "client/terminal/outer_terminal.hpp"
#include "common/error.hpp"

namespace ptyd {

enum class StandardEnd { in, out };

// Works on a duplicate of a descriptor. One read and one write at a time. A file that the system can't watch is read
// and written without waiting: it is always ready.
// Platforms: on Windows reads and writes are made by a thread each, which close() waits for.
class BytePipe {
 public:
  static Result<std::unique_ptr<BytePipe>> standard(boost::asio::any_io_executor executor, StandardEnd end);
  // `terminal` must outlive the pipe. `on_resized` is called on the executor where a change of the window's size comes
  // with the input, as on Windows; elsewhere it is a signal's matter.
  static Result<std::unique_ptr<BytePipe>> of_terminal(boost::asio::any_io_executor executor,
                                                       const OuterTerminal& terminal, std::function<void()> on_resized);
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

}  // namespace ptyd
