// A daemon as far as a host can tell: speaks wire.hpp and reads the ring.
#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/host/host_process.hpp"

namespace ptyd {

struct Message {
  host::MessageType type{};
  std::string body;
  std::vector<host::Descriptor> descriptors;

  template <typename Body>
  Body as() const {
    Body value{};
    if (body.size() == sizeof value) std::memcpy(&value, body.data(), sizeof value);
    return value;
  }
};

class HostClient {
 public:
  // Connects. Check connected().
  explicit HostClient(const std::string& socket_path);
  ~HostClient();
  HostClient(HostClient&& other) noexcept;
  HostClient(const HostClient&) = delete;

  bool connected() const { return static_cast<bool>(socket_); }
  int fd() const;
  void disconnect();

  // Hello and Attach with the next generation. False when the host refuses.
  bool hello();
  bool attach();
  bool attach_as(std::uint64_t generation);
  const host::HelloReply& about() const { return about_; }

  bool send_raw(std::span<const std::byte> bytes, int descriptor = -1);
  template <typename Body>
  bool send(host::MessageType type, const Body& body, std::string_view more = {}, int descriptor = -1) {
    std::string text(reinterpret_cast<const char*>(&body), sizeof body);
    return send_message(type, text.append(more), descriptor);
  }
  bool send(host::MessageType type) { return send_message(type, {}, -1); }
  // The next message; nothing when the connection ends or the deadline passes.
  std::optional<Message> receive(Deadline deadline = soon());
  // Skips others until this one comes.
  std::optional<Message> expect(host::MessageType type, Deadline deadline = soon());
  // The error of the next Result.
  std::optional<std::uint32_t> result(Deadline deadline = soon());
  // True when the host closes the connection; messages before that are skipped.
  bool closed_by_host(Deadline deadline = soon());

  bool type(std::string_view text, std::uint64_t offset, std::uint8_t stream = 1);
  std::uint32_t signal(int number, host::SignalTarget target);

  // ---- the ring
  host::RingHeader& ring() { return *ring_; }
  int ring_fd() const;
  host::State state() const { return static_cast<host::State>(ring_->state.load(std::memory_order_acquire)); }
  std::byte at(std::uint64_t offset) const;
  // Waits, as a daemon does, until head is above `seen` or input_written at least `written`; false at the deadline.
  bool wait_output(std::uint64_t seen, Deadline deadline = soon());
  bool wait_written(std::uint64_t written, Deadline deadline = soon());
  bool wait_wakeup(Deadline deadline);
  // Waits until the host waits at the floor; a daemon that is armed is woken for that too.
  bool wait_at_floor(Deadline deadline = soon());
  // Sets the floor, and the host going if it waits.
  void raise_floor(std::uint64_t floor);
  // Output from `from` on until it contains `text`; what came so far when it does not in time.
  std::string output_until(std::string_view text, std::uint64_t from = 0, Deadline deadline = soon());
  std::string output(std::uint64_t from, std::uint64_t to) const;

 private:
  bool send_message(host::MessageType type, const std::string& body, int descriptor);
  bool read_exactly(void* to, std::size_t bytes, std::vector<host::Descriptor>& descriptors, Deadline deadline);
  void unmap();

  host::Descriptor socket_;
  host::Descriptor wakeup_;
  host::Descriptor ring_memory_;
  host::HelloReply about_{};
  host::RingHeader* ring_ = nullptr;
  std::size_t mapped_ = 0;
};

// Host and attached client of one program.
struct Attached {
  explicit Attached(const HostOptions& options) : process(options), client(process.socket_path()) {
    ready = process.result().error == 0 && client.hello() && client.attach();
  }
  HostProcess process;
  HostClient client;
  bool ready = false;
};

}  // namespace ptyd
