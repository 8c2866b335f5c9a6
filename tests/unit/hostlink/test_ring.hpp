// Shared memory as a host would make it, for tests to break.
#pragma once

#include <cstdint>
#include <string>

#include "common/unique_handle.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd {

// Nameless memory of `bytes`. On Linux its size is sealed unless `sealed` is false.
UniqueHandle make_shared_memory(std::uint64_t bytes, bool sealed = true);

class TestRing {
 public:
  static constexpr std::uint64_t kCapacity = host::kMinRing;

  TestRing();
  TestRing(const TestRing&) = delete;
  TestRing& operator=(const TestRing&) = delete;
  ~TestRing();

  const UniqueHandle& handle() const noexcept { return handle_; }
  host::RingHeader& header() noexcept { return *header_; }
  // Writes `text` as the host does.
  void write(const std::string& text);

 private:
  static void make_ring(host::RingHeader& header);

  UniqueHandle handle_;
  host::RingHeader* header_ = nullptr;
};

}  // namespace ptyd
