// A host that does what the test says, on a thread of its own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/unique_handle.hpp"
#include "daemon/hostwire/host_channel.hpp"
#include "daemon/hostlink/host_link.hpp"
#include "tests/unit/common/temp_dir.hpp"
#include "tests/unit/hostlink/loop_support.hpp"
#include "tests/unit/hostlink/test_ring.hpp"

namespace ptyd {

class FakeHost {
 public:
  static constexpr std::uint64_t kGeneration = 6;

  // Runs `script` once a daemon has connected; the connection ends with the script.
  explicit FakeHost(std::function<void(FakeHost&)> script);
  ~FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  const std::string& path() const noexcept { return path_; }
  TestRing& ring() noexcept { return ring_; }

  // For the script. Failures end it: the connection closes and the test sees that.
  HostMessage receive();  // the next message; its descriptor is in taken()
  HostMessage expect(host::MessageType type);
  UniqueHandle& taken() noexcept { return taken_; }
  void send(host::MessageType type, std::span<const std::byte> body, const std::vector<int>& handles = {});
  void send(host::MessageType type) { send(type, {}); }
  void send_raw(const std::string& bytes, const std::vector<int>& handles = {});
  void answer(host::MessageType request, std::uint32_t error = 0);
  host::HelloReply hello_reply() const;
  void greet();      // hello and its answer
  void hand_over();  // attach, answered with ring and wake-up
  void wake();
  int wake_handle() const noexcept { return wake_read_.fd(); }
  // Waits until the daemon has closed the connection.
  void wait_for_end();

 private:
  std::string receive_bytes(std::size_t size);

  TempDir temp_;
  std::string path_;
  TestRing ring_;
  UniqueHandle listener_;
  UniqueHandle wake_read_;
  UniqueHandle wake_write_;
  UniqueHandle connection_;
  UniqueHandle taken_;
  std::thread thread_;
};

// A link to a host that has said hello and attached.
std::unique_ptr<HostLink> connect_to(boost::asio::io_context& loop, const FakeHost& host);

}  // namespace ptyd
