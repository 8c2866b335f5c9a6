// A session as one daemon hands it to the next: what its host does not know.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ptyd {

using SavedId = std::array<std::uint8_t, 16>;
// An open descriptor of the process; -1: none.
using SavedHandle = std::int32_t;
// Of the monotonic clock, which goes on when a process executes another program.
using SavedTime = std::int64_t;

struct SavedHostMessage {
  std::string bytes;  // what is left of it
  SavedHandle handle = -1;

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.bytes, self.handle);
  }
};

// The connection to a host goes on where it was.
struct SavedHost {
  SavedHandle socket = -1;
  SavedHandle ring = -1;
  SavedHandle wake = -1;
  std::string hello;                     // host::HelloReply
  std::string received;                  // the beginning of a message
  std::vector<SavedHandle> handles;      // came, and belong to messages that have not come whole
  std::vector<SavedHostMessage> queued;  // to be sent
  std::vector<std::uint16_t> awaited;    // host::MessageType of the requests that will be answered, in order
  bool lost = false;
  // Custody of the host; none when its number is 0.
  std::uint32_t pid = 0;
  SavedHandle process = -1;
  SavedHandle counts = -1;
  SavedHandle terminal = -1;
  SavedHandle memory = -1;
  SavedHandle program = -1;
  SavedHandle checkpoint = -1;
  std::uint64_t checkpoint_offset = 0;
  std::uint64_t checkpoint_size = 0;
  std::string program_end{};  // host::ProgramEnded; empty: none was waited for

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.socket, self.ring, self.wake, self.hello, self.received, self.handles, self.queued, self.awaited,
            self.lost, self.pid, self.process, self.counts, self.terminal, self.memory, self.program, self.checkpoint,
            self.checkpoint_offset, self.checkpoint_size, self.program_end);
  }
};

// Input that the host was not given yet.
struct SavedInput {
  SavedId stream{};
  std::uint64_t offset = 0;
  std::string data;
  std::uint64_t skipped = 0;

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.stream, self.offset, self.data, self.skipped);
  }
};

struct SavedColor {
  std::uint16_t key = 0;
  std::string color;

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.key, self.color);
  }
};

struct SavedSize {
  std::uint16_t cols = 0;
  std::uint16_t rows = 0;
  std::uint16_t x_pixels = 0;
  std::uint16_t y_pixels = 0;

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.cols, self.rows, self.x_pixels, self.y_pixels);
  }
};

// An attachment, by its connection and its number there.
struct SavedPlace {
  std::uint64_t client = 0;
  std::uint32_t number = 0;

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.client, self.number);
  }
};

struct SavedLease {
  std::uint8_t kind = 0;
  SavedId token{};
  std::uint64_t client = 0;
  std::string name;
  std::uint64_t pid = 0;
  std::uint64_t since_ms = 0;
  std::uint64_t expires_ms = 0;
  std::optional<SavedTime> until;
  bool person = false;
  std::uint64_t until_boot_ns = 0;  // the same by the clock that goes on while the machine sleeps; 0: not known

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.kind, self.token, self.client, self.name, self.pid, self.since_ms, self.expires_ms, self.until,
            self.person, self.until_boot_ns);
  }
};

struct SavedSession {
  std::string record;
  bool record_changed = false;  // and the host may keep an older one
  SavedHost host;
  SavedSize size;
  std::vector<SavedInput> input;
  std::uint64_t input_handed_on = 0;
  SavedId send_stream{};
  std::uint64_t send_offset = 0;
  std::uint64_t next_order = 1;
  std::uint64_t resyncs = 0;
  std::uint64_t seen_long_lines = 0;
  std::optional<std::uint64_t> inherited_floor;
  std::uint32_t holders_expected = 0;
  bool lost = false;
  std::uint64_t lost_at_ms = 0;
  bool forgotten = false;
  bool exit_published = false;
  bool stream_end_published = false;
  bool linger_over = false;
  std::optional<SavedTime> told_to_end_until;  // its time to live is over
  std::vector<SavedPlace> attachments;         // in order of their coming
  // The screen is made anew from the checkpoint that the host keeps. Questions before `parsed` were answered.
  bool screen = false;
  std::uint64_t parsed = 0;
  bool screen_approximate = false;
  SavedId answer_stream{};
  std::vector<SavedColor> colors;
  bool colors_untold = false;
  std::optional<SavedTime> position_asked_at;
  std::vector<SavedInput> input_sent;  // to the host, which is not known to have taken it
  std::vector<SavedLease> leases;
  std::string commands;  // CommandLog; empty: none was kept
  std::uint64_t lost_at_boot_ns = 0;

  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.record, self.record_changed, self.host, self.size, self.input, self.input_handed_on, self.send_stream,
            self.send_offset, self.next_order, self.resyncs, self.seen_long_lines, self.inherited_floor,
            self.holders_expected, self.lost, self.lost_at_ms, self.forgotten, self.exit_published,
            self.stream_end_published, self.linger_over, self.told_to_end_until, self.attachments, self.screen,
            self.parsed, self.screen_approximate, self.answer_stream, self.colors, self.colors_untold,
            self.position_asked_at, self.input_sent, self.leases, self.commands, self.lost_at_boot_ns);
  }
};

}  // namespace ptyd
