// The real ptyd-host with a program, and a daemon's end of its pipe. Windows only.
#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "daemon/host/wire.hpp"
#include "tests/unit/host/console_session.hpp"

namespace ptyd {

struct HostMessage {
  host::MessageType type{};
  std::string body;
  template <typename Body>
  Body as() const {
    Body body_out{};
    if (body.size() >= sizeof body_out) std::memcpy(&body_out, body.data(), sizeof body_out);
    return body_out;
  }
  // The handle value `index` after a body of `bytes`.
  std::uint64_t handle(std::size_t bytes, std::size_t index) const {
    std::uint64_t value = 0;
    if (body.size() >= bytes + (index + 1) * sizeof value)
      std::memcpy(&value, body.data() + bytes + index * sizeof value, sizeof value);
    return value;
  }
};

// One connection. Each wait has a deadline, after which it says that nothing came.
class PipeClient {
 public:
  explicit PipeClient(const std::string& pipe_name);
  bool connected() const { return static_cast<bool>(pipe_); }
  template <typename Body>
  bool send(host::MessageType type, const Body& body, const std::string& more = "") {
    return send_text(type, std::string(reinterpret_cast<const char*>(&body), sizeof body) + more);
  }
  bool send_text(host::MessageType type, const std::string& body);
  bool send_raw(const std::string& bytes);
  std::optional<HostMessage> receive();
  std::optional<HostMessage> expect(host::MessageType type);
  // The error of the next Result.
  std::optional<std::uint32_t> result();
  bool closed_by_host();
  bool hello(host::HelloReply& reply);

 private:
  bool read_exactly(void* to, std::size_t bytes);

  host::Descriptor pipe_;
};

struct SessionOptions : ProgramOptions {
  std::uint64_t ring_capacity = 1 << 20;
  std::string record;
  std::vector<std::pair<std::string, std::string>> host_env;
  std::string marker;  // empty: one of its own
  bool broken_spec = false;
};

class HostSession {
 public:
  explicit HostSession(const SessionOptions& options);
  // Ends the host, and with it the program.
  ~HostSession();
  HostSession(const HostSession&) = delete;
  HostSession& operator=(const HostSession&) = delete;

  const host::SpawnResult& result() const { return result_; }
  bool answered() const { return answered_; }
  const std::string& marker() const { return marker_; }
  // What stands in the file; empty when there is none.
  std::string pipe_name() const;
  HANDLE process() const { return host::handle_of(process_); }

  // Connects and takes the ring over.
  bool attach();
  PipeClient& client() { return *client_; }
  host::RingHeader& ring() { return *ring_; }
  host::State state() const { return static_cast<host::State>(ring_->state.load(std::memory_order_acquire)); }
  bool type(const std::string& text, std::uint64_t offset);
  // Output from `from` on until it contains `text`; what came so far when it does not in time.
  std::string output_until(const std::string& text, std::uint64_t from = 0);
  std::string output(std::uint64_t from, std::uint64_t to) const;
  bool wait_written(std::uint64_t written);
  // A handle of the host's, here.
  host::Descriptor fetch(std::uint64_t value) const;
  // A handle of ours, in the host.
  std::uint64_t give(HANDLE handle) const;
  bool wait_host_end(DWORD& code);

 private:
  bool start_host(const SessionOptions& options);
  bool wait_wakeup(Deadline deadline);

  std::string marker_;
  host::Descriptor process_;
  host::SpawnResult result_{};
  bool answered_ = false;
  std::optional<PipeClient> client_;
  host::Descriptor ring_section_;
  host::Descriptor wakeup_;
  host::RingHeader* ring_ = nullptr;
};

host::Descriptor section_with(const std::string& content);

}  // namespace ptyd
