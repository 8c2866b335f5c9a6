#include "tests/unit/hostlink/loop_support.hpp"

#include <stdexcept>

namespace ptyd {

void run_until(boost::asio::io_context& loop, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + kTestLimit;
  loop.restart();
  while (!done()) {
    if (std::chrono::steady_clock::now() >= end) throw std::runtime_error("what the test waits for does not happen");
    loop.run_one_for(std::chrono::milliseconds(100));
    if (loop.stopped()) loop.restart();
  }
}

void close_link(boost::asio::io_context& loop, HostLink& link) {
  bool closed = false;
  boost::asio::co_spawn(loop, link.close(), [&closed](std::exception_ptr) { closed = true; });
  run_until(loop, [&closed] { return closed; });
}

std::string read_until(boost::asio::io_context& loop, HostLink& link, const std::string& text) {
  std::string output;
  run_until(loop, [&] {
    const auto spans = link.ring().read(0, 65536);
    output.clear();
    for (const auto& span : {spans.first, spans.second})
      output.append(static_cast<const char*>(static_cast<const void*>(span.data())), span.size());
    static_cast<void>(link.ring().arm_output(output.size()));
    return output.find(text) != std::string::npos;
  });
  return output;
}

}  // namespace ptyd
