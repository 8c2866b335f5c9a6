// A client's connection as one daemon hands it to the next.
#pragma once

#include "daemon/handover/saved_session.hpp"

namespace ptyd {

struct SavedAttachment {
  std::uint32_t number = 0;
  SavedId session{};
  // What was asked for.
  std::uint8_t role = 0;
  std::optional<SavedSize> window;
  std::uint8_t flow = 0;
  std::uint64_t replay_bytes = 0;
  std::uint64_t scrollback_rows = 0;
  bool no_replay = false;
  bool fresh_terminal = false;
  bool until_stream_end = false;
  // How far it is.
  std::uint64_t since_ms = 0;
  std::uint64_t size_order = 0;
  std::uint64_t credit = 0;
  std::uint64_t cursor = 0;
  std::optional<std::uint64_t> in_flight;
  std::uint64_t resyncs = 0;
  bool resumed = false;
  std::optional<std::uint64_t> gap_from;
  std::uint64_t gap_to = 0;
  std::optional<std::string> snapshot;  // what was not sent of it
  std::uint64_t snapshot_offset = 0;
  bool snapshot_approximate = true;
  std::optional<SavedSize> snapshot_size;
  bool awaits_snapshot = false;
  bool awaits_gap = false;
  std::optional<SavedTime> last_resync;
  // What it types.
  SavedId stream{};
  bool input_unknown = false;
  std::uint64_t input_next = 0;
  std::uint64_t input_accepted = 0;
  std::string input_held;  // by the filter of answers; this many of them are typed already
  std::uint64_t input_held_sent = 0;
  std::optional<SavedTime> input_held_until;
  std::uint64_t typed = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t told_limit = 0;
  bool ack_asked = false;
  std::string text;  // JSON with text: the beginning of a character
  std::optional<SavedId> lease;
  bool person = false;
  // As a guest of the host.
  bool direct = false;
  std::optional<SavedId> token;
  std::uint32_t rights = 0;

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.number, self.session, self.role, self.window, self.flow, self.replay_bytes, self.scrollback_rows,
            self.no_replay, self.fresh_terminal, self.until_stream_end, self.since_ms, self.size_order, self.credit,
            self.cursor, self.in_flight, self.resyncs, self.resumed, self.gap_from, self.gap_to, self.snapshot,
            self.snapshot_offset, self.snapshot_approximate, self.snapshot_size, self.awaits_snapshot, self.awaits_gap,
            self.last_resync, self.stream, self.input_unknown, self.input_next, self.input_accepted, self.input_held,
            self.input_held_sent, self.input_held_until, self.typed, self.acknowledged, self.told_limit, self.ack_asked,
            self.text, self.lease, self.person, self.direct, self.token, self.rights);
  }
};

struct SavedConnection {
  std::uint64_t number = 0;
  SavedHandle socket = -1;
  std::uint8_t encoding = 0;
  std::string received;  // the beginning of a frame
  bool greeted = false;
  bool closing = false;
  std::string client_name;
  std::uint64_t max_data = 0;
  bool json_text = false;
  std::optional<SavedTime> deadline;  // of the frame
  std::uint32_t next_attachment = 1;
  std::uint32_t turn = 0;
  std::string pending;          // the end of a frame that was begun
  std::uint32_t in_flight = 0;  // attachment whose output is among it
  std::vector<std::string> replies;
  bool subscribed = false;
  std::string subscribed_to;      // id of a session; empty: all
  std::uint32_t event_types = 0;  // a bit for each
  std::uint64_t next_event = 1;   // to be told
  std::vector<SavedAttachment> attachments;

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.number, self.socket, self.encoding, self.received, self.greeted, self.closing, self.client_name,
            self.max_data, self.json_text, self.deadline, self.next_attachment, self.turn, self.pending, self.in_flight,
            self.replies, self.subscribed, self.subscribed_to, self.event_types, self.next_event,
            self.attachments);
  }
};

}  // namespace ptyd
