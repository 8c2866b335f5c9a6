// What happens to sessions, told to whoever asked.
#pragma once

#include <cstdint>
#include <vector>

namespace ptyd {

class Session;
class Attachment;

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
};

// Gets every event as it happens. Must not create or destroy sessions or attachments inside the call.
class SessionObserver {
 public:
  virtual void on_session_event(SessionEventType type, const Session& session, const Attachment* attachment) = 0;

 protected:
  ~SessionObserver() = default;
};

// Owned by the daemon; outlives sessions and observers. Thread: the loop's.
class EventBus {
 public:
  void add(SessionObserver* observer);
  void remove(SessionObserver* observer);
  void publish(SessionEventType type, const Session& session, const Attachment* attachment = nullptr);

 private:
  std::vector<SessionObserver*> observers_;
};

}  // namespace ptyd
