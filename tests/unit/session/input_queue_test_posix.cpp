// Input between the daemon and a host whose counts the test moves.
#include "daemon/session/input_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/hostlink/fake_host.hpp"

namespace ptyd {
namespace {

// Counts `bytes` of `stream`, the only one, as taken and as given to the program.
void take_input(host::RingHeader& header, const InputStreamId& stream, std::uint64_t bytes) {
  std::copy(stream.begin(), stream.end(), std::begin(header.streams[0].id));
  header.streams[0].accepted = bytes;
  header.streams[0].used = bytes;
  header.input_taken = bytes;
  header.input_written = bytes;
}

TEST(InputQueue, WaitsForNoRoomThatWhatCameAgainIsThoughtToTake) {
  FakeHost host([](FakeHost& self) {
    self.greet();
    self.hand_over();
    while (true) self.receive();
  });
  boost::asio::io_context loop;
  const auto link = connect_to(loop, host);
  InputQueue queue(*link);
  const InputStreamId again{1};
  const std::string text(60'000, 'x');
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(queue.push(again, 0, text));
  ASSERT_TRUE(queue.push(InputStreamId{2}, 0, "end"));
  EXPECT_FALSE(queue.empty());
  // From here on the host has nothing to tell of: it drops what it had before.
  take_input(host.ring().header(), again, text.size());
  ASSERT_TRUE(queue.pump());
  EXPECT_TRUE(queue.empty());
  close_link(loop, *link);
}

}  // namespace
}  // namespace ptyd
