// All that one daemon hands to the program that takes its place in the same process.
#pragma once

#include "daemon/handover/saved_client.hpp"

namespace ptyd {

// Bytes on their way to a session's host, as `send` typed them.
struct SavedTyping {
  SavedId stream{};
  bool own_stream = false;  // the client named it
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t long_lines = 0;  // before

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.stream, self.own_stream, self.begin, self.end, self.long_lines);
  }
};

// A request that was not done yet.
struct SavedRequest {
  std::uint64_t client = 0;  // 0: the client is gone or was answered, but what was begun goes on
  std::uint64_t id = 0;
  SavedTime deadline = 0;
  std::string request;                  // ptyd.v1.Request: done from its beginning
  std::optional<SavedTyping> typing;    // instead: goes on from there
  std::optional<SavedTime> told_until;  // the program was told to end, and has time until then

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.client, self.id, self.deadline, self.request, self.typing, self.told_until);
  }
};

struct SavedState {
  std::string version;                // of the daemon that wrote it
  std::vector<std::string> features;  // that clients were told of
  SavedTime frozen_at = 0;            // it served nobody from here on
  SavedTime processor_time = 0;       // that the process had used by then, of std::clock()
  std::uint64_t upgrades = 0;         // before this one
  SavedId instance{};
  std::uint64_t started_ms = 0;
  std::uint64_t open_files = 0;  // limit of the process when it was started
  SavedHandle lock = -1;
  SavedHandle listener = -1;
  bool listener_is_ours = true;
  std::uint64_t next_connection = 1;
  std::uint64_t next_event = 1;
  std::vector<std::string> events;         // ptyd.v1.Event, oldest first
  std::vector<std::uint64_t> events_lost;  // for each kind that is kept apart: the newest that is gone
  std::vector<SavedSession> sessions;
  std::vector<SavedConnection> connections;
  std::vector<SavedRequest> requests;
  // Who asked for the upgrade and is to be answered.
  std::uint64_t asked_by = 0;
  std::uint64_t asked_id = 0;

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.version, self.features, self.frozen_at, self.processor_time, self.upgrades, self.instance,
            self.started_ms, self.open_files, self.lock, self.listener, self.listener_is_ours, self.next_connection,
            self.next_event, self.events, self.events_lost, self.sessions, self.connections, self.requests, self.asked_by, self.asked_id);
  }
};

}  // namespace ptyd
