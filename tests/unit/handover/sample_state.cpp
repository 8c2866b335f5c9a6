#include "tests/unit/handover/sample_state.hpp"

namespace ptyd {

namespace {

SavedId id_of(std::uint8_t seed) {
  SavedId id{};
  for (auto& byte : id) byte = seed++;
  return id;
}

SavedSession sample_session() {
  SavedSession session;
  session.record = std::string("record\0with a zero", 18);
  session.record_changed = true;
  session.host = {7, 8, 9, std::string(48, 'h'), "half", {10, 11}, {{"queued", 12}, {"more", -1}}, {5, 8}, true};
  session.size = {80, 24, 640, 384};
  session.input = {{id_of(1), 5, "typed", 0}, {id_of(2), 6, "", 3}};
  session.input_handed_on = 77;
  session.send_stream = id_of(3);
  session.send_offset = 4;
  session.next_order = 9;
  session.resyncs = 2;
  session.seen_long_lines = 1;
  session.inherited_floor = 1000;
  session.holders_expected = 3;
  session.lost = true;
  session.lost_at_ms = 1'795'249'227'123;
  session.forgotten = true;
  session.exit_published = true;
  session.stream_end_published = true;
  session.linger_over = true;
  session.told_to_end_until = 123'456'789;
  session.attachments = {{4, 1}};
  session.screen = true;
  session.parsed = 4'294'967'296;
  session.screen_approximate = true;
  session.answer_stream = id_of(4);
  session.colors = {{266, "rgb:0000/1111/2222"}};
  session.colors_untold = true;
  session.position_asked_at = -5;
  return session;
}

SavedAttachment sample_attachment() {
  SavedAttachment attachment;
  attachment.number = 1;
  attachment.session = id_of(5);
  attachment.role = 1;
  attachment.window = SavedSize{100, 30, 0, 0};
  attachment.flow = 1;
  attachment.replay_bytes = 65536;
  attachment.scrollback_rows = 50;
  attachment.no_replay = true;
  attachment.fresh_terminal = true;
  attachment.until_stream_end = true;
  attachment.since_ms = 1'795'249'227'124;
  attachment.size_order = 8;
  attachment.credit = 262'144;
  attachment.cursor = 300;
  attachment.in_flight = 200;
  attachment.resyncs = 1;
  attachment.resumed = true;
  attachment.gap_from = 100;
  attachment.gap_to = 300;
  attachment.snapshot = "\x1b[2J";
  attachment.snapshot_offset = 300;
  attachment.snapshot_approximate = false;
  attachment.snapshot_size = SavedSize{80, 24, 0, 0};
  attachment.awaits_snapshot = true;
  attachment.awaits_gap = true;
  attachment.last_resync = 99;
  attachment.stream = id_of(6);
  attachment.input_unknown = true;
  attachment.input_next = 20;
  attachment.input_accepted = 10;
  attachment.input_held = "\x1b[";
  attachment.input_held_sent = 1;
  attachment.input_held_until = 100;
  attachment.typed = 18;
  attachment.acknowledged = 8;
  attachment.told_limit = 65544;
  attachment.ack_asked = true;
  attachment.text = "\xC3";
  return attachment;
}

}  // namespace

SavedState sample_state() {
  SavedState state;
  state.version = "0.1.0";
  state.features = {"resume", "keys"};
  state.frozen_at = 1'000'000'000;
  state.processor_time = 5000;
  state.upgrades = 2;
  state.instance = id_of(7);
  state.started_ms = 1'795'249'000'000;
  state.open_files = 1024;
  state.lock = 3;
  state.listener = 4;
  state.listener_is_ours = false;
  state.next_connection = 6;
  state.next_event = 12;
  state.events = {"event one", ""};
  state.events_lost = {3, 5};
  state.sessions = {sample_session()};
  SavedConnection greeted{4,
                          5,
                          1,
                          std::string("\0\0\0\x10half", 8),
                          true,
                          false,
                          "ptyctl",
                          65536,
                          true,
                          77,
                          2,
                          1,
                          "rest of a frame",
                          1,
                          {"reply", "another"},
                          true,
                          "30",
                          0xFFF,
                          11,
                          {sample_attachment()}};
  SavedConnection early;
  early.number = 5;
  early.socket = 6;
  state.connections = {greeted, early};
  state.requests = {{4, 9, 88, "request", SavedTyping{id_of(8), true, 5, 9, 1}, 99}, {}};
  state.asked_by = 4;
  state.asked_id = 10;
  return state;
}

}  // namespace ptyd
