// What happens to sessions, told to whoever asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/client_identity.hpp"
#include "daemon/core/lease.hpp"

namespace ptyd {

class Session;
class Attachment;
struct RecordingStatus;

enum class SessionEventType : std::uint8_t {
  created = 1,
  exited,
  stream_ended,
  removed,
  renamed,
  labeled,
  resized,
  attached,
  attachment_ended,
  line_too_long,
  title_changed,
  cwd_changed,
  bell,
  command_started,
  command_ended,
  idle,
  screen_changed,
  recording,
  input,
  host_replaced,
  lease_changed,
};

// host_replaced: output that the host was just reading is gone.
inline constexpr const char* kOutputMissing = "output missing";

struct SessionEvent {
  SessionEventType type = SessionEventType::created;
  const Session* session = nullptr;        // always set
  const Attachment* attachment = nullptr;  // attached, attachment_ended, resized by the policy
  std::optional<std::uint64_t> offset{};   // of the output at which it happened; absent: all there is
  ClientIdentity client{};                 // who did it: input, resized, lease_changed
  bool by_policy = false;                  // resized
  const RecordingStatus* recording = nullptr;
  const HeldLease* lease = nullptr;     // lease_changed
  std::optional<LeaseEnd> lease_end{};  // absent: it began
  std::string text{};                   // title, cwd; renamed: the name before; host_replaced: kOutputMissing, or empty
  std::optional<std::int32_t> exit_code{};
  std::uint64_t count = 0;  // bell: rings; idle: milliseconds; input: bytes; host_replaced: uncertain bytes
  std::uint64_t skipped = 0;
  std::uint64_t generation = 0;    // screen_changed
  std::uint64_t input_offset = 0;  // host_replaced
};

// Gets every event as it happens. Must not create or destroy sessions or attachments inside the call.
class SessionObserver {
 public:
  virtual void on_session_event(const SessionEvent& event) = 0;

 protected:
  ~SessionObserver() = default;
};

// Owned by the daemon; outlives sessions and observers. Thread: the loop's.
class EventBus {
 public:
  void add(SessionObserver* observer);
  void remove(SessionObserver* observer);
  void publish(const SessionEvent& event);
  void publish(SessionEventType type, const Session& session, const Attachment* attachment = nullptr);

  // Whether anybody wants screen_changed, which is not told otherwise.
  void want_screens(bool wanted) noexcept { screens_wanted_ = wanted; }
  bool screens_wanted() const noexcept { return screens_wanted_; }

 private:
  std::vector<SessionObserver*> observers_;
  bool screens_wanted_ = false;
};

}  // namespace ptyd
