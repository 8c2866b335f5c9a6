// The frozen protocol between ptyd and ptyd-host, version 1, and the layout of the memory they share.
//
// ptyd-host outlives the daemon, also the daemon of a later release, so nothing here may change its
// meaning: a new version gets a new number and hosts go on speaking the old one. Values are little-endian
// and naturally aligned; the two processes are on one machine and of one architecture family.
//
// The journey: the daemon starts a host with a SpawnSpec on descriptor 3; the host binds its socket,
// starts the program and answers with one SpawnResult on descriptor 4. From then on a daemon, the
// first or a later one, connects to the socket and sends Hello, then Attach. Attach hands over the shared
// ring and the wake-up descriptor. A newer attachment closes the older connection first (message kFenced),
// so that two daemons never feed one session.
//
// A guest is a client that the daemon has let in: it connects to the same socket, sends Hello, then Join with a token
// that the daemon has told the host by Grant. It gets the ring read-only, is woken for output when it has asked for
// that, and may type as long as the daemon lets it. What a guest types is in no way part of the daemon's counts in the
// ring's header; it is taken only when nothing else waits to be written, and else refused.
//
// Windows: `error` is a value of GetLastError(). The socket path is that of a file which is there as long as the host
// and holds the name of its pipe. Each descriptor that a message brings is a 64-bit handle value after its body,
// counted by `size` and valid in the host's process: the daemon, which may open the host, duplicates it from there or
// to there.
//
// Standard library only.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ptyd::host {

inline constexpr std::uint32_t kProtocolVersion = 1;
inline constexpr std::uint64_t kRingMagic = 0x31474e4944595450;  // "PTYDING1" in memory order
inline constexpr std::uint32_t kSpecMagic = 0x43505350;          // "PSPC"
inline constexpr std::uint64_t kNoFloor = ~std::uint64_t{0};     // every byte may be overwritten

inline constexpr std::uint64_t kMinRing = 64 * 1024;  // capacities are powers of two
inline constexpr std::uint64_t kMaxRing = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kDefaultRing = 4 * 1024 * 1024;

inline constexpr std::uint32_t kMaxPayload = 64 * 1024;         // input bytes in one kInput
inline constexpr std::uint32_t kMaxMessage = kMaxPayload + 64;  // bytes after MessageHeader
inline constexpr std::uint32_t kInputWindow = 64 * 1024;        // input the host holds, unwritten
inline constexpr std::uint32_t kInputStreams = 64;              // remembered input streams
inline constexpr std::uint32_t kSizeChanges = 32;               // remembered sizes of the window
inline constexpr std::uint32_t kGrants = 64;                    // guests that a host knows of
inline constexpr std::uint32_t kGuests = 16;                    // of those, that may be connected
inline constexpr std::uint32_t kMaxGuestInput = 2048;           // bytes in one kGuestInput
inline constexpr std::uint32_t kAbandonedGraceMs = 10'000;      // see RingHeader::floor

// ---------------------------------------------------------------- shared memory

enum class State : std::uint32_t {
  starting = 0,
  running = 1,
  exited = 2,  // exit_* are valid; output may still come
};

enum class ExitKind : std::uint32_t {
  none = 0,
  exited = 1,    // exit_value is the exit code
  signaled = 2,  // exit_value is the signal number; bit 8 set: core dumped
  unknown = 3,
};

// What one input stream (one client's typing) has had accepted. Survives the daemon, so that resent
// input is never typed twice. The least recently used slot is given to a new stream.
struct InputStream {
  std::uint8_t id[16];
  std::atomic<std::uint64_t> accepted;  // bytes of this stream taken by the host
  std::atomic<std::uint64_t> used;      // value of RingHeader::input_taken when last used, at least 1; 0: free slot
};

// One size that the window had, and since when: what a screen needs to be laid out as it was.
struct WindowSizeChange {
  std::atomic<std::uint64_t> offset;  // head when it was set
  std::atomic<std::uint64_t> size;    // as RingHeader::window_size
};

// At the start of the mapping; the data area of `capacity` bytes begins at `data_offset`. Output byte N
// is at data[N % capacity]. "H:" fields are written by the host only, "D:" by the daemon only. Each side
// treats what the other wrote as untrusted: it bounds-checks, it never crashes.
struct RingHeader {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t data_offset;
  std::uint64_t capacity;
  std::uint8_t session_id[16];
  std::uint32_t host_pid;
  std::uint32_t child_pid;
  std::uint64_t started_unix_ms;

  // Output. Bytes in [max(0, reserve - capacity), head) may be read.
  alignas(64) std::atomic<std::uint64_t> head;  // H: one past the last byte that is complete
  std::atomic<std::uint64_t> reserve;           // H: raised before the host writes below it; >= head
  std::atomic<std::uint32_t> burst;             // H: 1 while it reads on at full speed and will look at
                                                //    output_armed again by itself
  std::atomic<std::uint32_t> waiting_at_floor;  // H: 1 while it does not read because of floor

  // D: no byte at or above floor is overwritten: the host keeps reserve <= floor + capacity. After
  // raising it, the daemon sends kCredit when waiting_at_floor is 1. After lowering it, the daemon must
  // read reserve: bytes below reserve - capacity may be gone already (both sides use seq_cst).
  // When no daemon has been connected for kAbandonedGraceMs the host treats it as kNoFloor.
  alignas(64) std::atomic<std::uint64_t> floor;
  std::atomic<std::uint32_t> output_armed;   // D: 1: wake me when there is output. The host swaps it to 0
                                             //    when it does; it may do so for another size as well
  std::atomic<std::uint32_t> input_armed;    // D: 1: wake me when input_written or input_taken moves
  std::atomic<std::uint32_t> floor_holders;  // D: clients that floor is held for, so that a daemon that takes
                                             //    over knows how many to expect back; the host ignores it

  // Input. The daemon may send while bytes sent - input_written <= kInputWindow. Bytes of guests don't count.
  alignas(64) std::atomic<std::uint64_t> input_taken;  // H: bytes taken from the daemon
  std::atomic<std::uint64_t> input_written;            // H: of those, written to the pty
  std::atomic<std::uint64_t> long_lines;               // H: canonical lines that exceeded the kernel's limit
  std::atomic<std::uint64_t> guests_taken;             // H: bytes taken from guests

  // State. `state` is written last, with release order.
  alignas(64) std::atomic<std::uint32_t> state;  // H: State
  std::uint32_t exit_kind;                       // H: ExitKind
  std::uint32_t exit_value;
  std::atomic<std::uint32_t> stream_ended;  // H: 1: head is final
  std::uint64_t exit_unix_ms;
  std::atomic<std::uint64_t> window_size;          // H: cols | rows << 16 | x_pixels << 32 | y_pixels << 48
  std::atomic<std::uint64_t> resized_at;           // H: head when window_size was last set
  std::atomic<std::uint64_t> resizes;              // H
  std::atomic<std::uint64_t> last_output_unix_ms;  // H: refreshed at most every 100 ms

  alignas(64) InputStream streams[kInputStreams];  // H

  // Entry N % kSizeChanges is the Nth size; the first is the one that the program started with. Written before the
  // count, and both before the head goes beyond the entry's offset.
  alignas(64) WindowSizeChange size_changes[kSizeChanges];  // H
  std::atomic<std::uint64_t> size_change_count;             // H: entries ever written
};

inline constexpr std::uint32_t kDataOffset = 4096;

// What the program, and all its descendants that were waited for, have used. At kEndUsageOffset of the mapping, which
// is zero with a host that does not know of it: nothing is to be negotiated.
struct EndUsage {
  std::atomic<std::uint32_t> known;  // H: 1: the rest is valid. With `state`, or, where the system tells only the one
                                     //    that takes the program's status away, right after it
  std::uint32_t zero;
  std::uint64_t user_us;
  std::uint64_t system_us;
  std::uint64_t max_rss_bytes;  // of the largest one
};
inline constexpr std::uint32_t kEndUsageOffset = kDataOffset - 64;

// When the session began and when its program ended, by a clock that nobody sets and that counts while the machine sleeps:
// CLOCK_BOOTTIME on Linux, CLOCK_MONOTONIC on other Unix systems, GetTickCount64() on Windows. 0: not known.
struct SessionTimes {
  std::uint64_t started_ns;  // H
  std::uint64_t ended_ns;    // H: valid with `state`
};
inline constexpr std::uint32_t kSessionTimesOffset = kDataOffset - 32;
static_assert(sizeof(EndUsage) <= kSessionTimesOffset - kEndUsageOffset &&
              sizeof(SessionTimes) <= kDataOffset - kSessionTimesOffset);

// Who floor is held for: the first 8 bytes of the input streams that these clients named. At kFloorNamesOffset of the
// mapping; the host ignores it. All zero with a daemon that does not know of it.
inline constexpr std::uint32_t kFloorNames = 64;
struct FloorNames {
  std::atomic<std::uint64_t> names[kFloorNames];  // D: in any order; 0: free
};
inline constexpr std::uint32_t kFloorNamesOffset = kEndUsageOffset - sizeof(FloorNames);
static_assert(sizeof(RingHeader) <= kFloorNamesOffset);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

// ---------------------------------------------------------------- messages

struct MessageHeader {
  std::uint32_t size;  // bytes that follow, at most kMaxMessage
  std::uint16_t type;  // MessageType
  std::uint16_t zero;
};
static_assert(sizeof(MessageHeader) == 8);

// Requests marked R are answered, in order, by one message each: the one named, or kResult.
// Before Attach only hello, attach, status and get are allowed. What breaks a rule here (type, size, order,
// more input than the window) closes that connection and nothing else. A host serves few connections: a new
// one may end the oldest that has not attached.
enum class MessageType : std::uint16_t {
  // daemon -> host
  hello = 1,       // Hello; R kHelloReply. First message of a connection
  attach = 2,      // Attach; R attached (with 2 descriptors: ring, wake-up) or result with EBUSY
  input = 3,       // Input + bytes; no answer: see RingHeader::input_taken
  credit = 4,      // empty; the floor was raised: look again
  resize = 5,      // Resize; no answer: see RingHeader::window_size
  signal = 6,      // Signal; R result
  status = 7,      // empty; R status_reply
  put = 8,         // Blob, with 1 descriptor; R result. The host keeps it and looks at nothing in it
  get = 9,         // Blob (offset ignored); R blob (with 1 descriptor when it has one)
  forget = 10,     // empty; R result: EBUSY while the program runs, else the host ends after answering
  terminate = 11,  // empty; R result: SIGKILL to the program and everything started in the session
  skip = 12,       // Skip; no answer: the bytes count as taken, and nothing is typed
  // only to a host with kFeatureCustody
  custody = 13,  // empty; R entrusted (with 2 or 3 descriptors: terminal, memory, the program's process) or result
  program_ended = 14,  // ProgramEnded; no answer: see RingHeader::state
  // only to a host with kFeatureWakeMessages
  wake_by_message = 15,  // empty; no answer: from now on the message `wake` comes instead of the wake-up
  // only to a host with kFeatureGuests
  grant = 16,        // Grant; R result: EBUSY when there are kGrants already, all of them connected
  close_gates = 17,  // empty; R result: none of the guests may type until it is granted again

  // guest -> host, only to one with kFeatureGuests; `hello` comes before
  join = 18,  // Join; R joined (with 1 descriptor: the ring, read-only) or result: EACCES when nobody granted it,
              // EBUSY when it is in use or there are kGuests already
  arm = 19,   // Arm; no answer, but `wake` once
  guest_input = 20,  // GuestInput + bytes; input_gap when not all was taken
  // only to a host with kFeatureGuestSizes
  guest_resize = 21,  // Resize; R sized

  // host -> daemon
  hello_reply = 65,
  attached = 66,
  result = 67,
  status_reply = 68,
  blob = 69,
  entrusted = 74,
  // unasked
  exited = 70,      // empty: state and exit_* are set
  stream_end = 71,  // empty: stream_ended is set
  fenced = 72,      // empty: a newer daemon took over; the connection is closed
  input_gap = 73,   // InputGap: an input message was dropped whole, its offset was ahead of the stream; or a guest's
                    // was not taken
  wake = 75,        // empty: as the wake-up, and only to a daemon that has sent wake_by_message; to a guest: see Arm
  // host -> guest
  joined = 76,
  gate = 77,  // Gate, unasked
  sized = 78,
};

struct Hello {
  std::uint32_t version_min;
  std::uint32_t version_max;
};
struct HelloReply {
  std::uint32_t version;  // 0: none in common; the connection is closed
  std::uint32_t version_min;
  std::uint32_t version_max;
  std::uint32_t features;    // bit set of Feature
  std::uint64_t generation;  // of the newest attachment, 0 at first
  std::uint8_t session_id[16];
  std::uint32_t host_pid;
  std::uint32_t child_pid;
};
enum Feature : std::uint32_t {
  kFeaturePidfd = 1,          // signals reach the program by pidfd
  kFeatureSubreaper = 2,      // everything started in the session can be found
  kFeatureKeptTty = 4,        // a tty descriptor is kept open: no output lost at exit, no false end
  kFeatureCustody = 8,        // hands over what another host needs to go on after its death
  kFeatureWakeMessages = 16,  // wakes by messages if told to: where waiting for an event takes another thread
  kFeatureGuests = 32,        // lets clients read the ring and type
  kFeatureGuestSizes = 64,    // and set the window's size
};
struct Attach {
  std::uint64_t generation;  // must be higher than HelloReply::generation
};
struct Attached {
  std::uint64_t generation;
};
struct Input {
  std::uint8_t stream[16];
  std::uint64_t offset;  // of the first byte in this stream. Bytes that were accepted before are dropped.
                         // A stream that the host does not know (new, or its slot was given away) begins at
                         // the offset of its first message; offset plus length must not exceed 2^64 - 1
};
// Bytes [offset, offset + bytes) of a stream that are not to be typed. Offsets are as in Input.
struct Skip {
  std::uint8_t stream[16];
  std::uint64_t offset;
  std::uint64_t bytes;  // at most kMaxPayload
};
struct InputGap {
  std::uint8_t stream[16];
  std::uint64_t expected;
  std::uint64_t got;
};
// A client is let in, or what it may do has changed. `token` and `stream` are secrets of the daemon and that client.
struct Grant {
  std::uint8_t token[16];   // names it
  std::uint8_t stream[16];  // that it types by
  std::uint32_t rights;     // GuestRights
  std::uint32_t turn;       // comes back in Sized, so that the daemon knows which grant a size was set by
};
enum class GuestRights : std::uint32_t {
  none = 0,  // let out: its connection is closed and its token forgotten
  read = 1,
  type = 2,  // and read
  size = 3,  // and set the window's size; until another daemon attaches. Only to a host with kFeatureGuestSizes
};
struct Join {
  std::uint8_t token[16];
};
struct Joined {
  std::uint32_t may_type;
  std::uint32_t zero;
};
// From now on a guest may type, or may not.
struct Gate {
  std::uint32_t may_type;
  std::uint32_t zero;
};
// Asks for one `wake`, at once when it is so already: head is beyond `head`, or `accepted` bytes of its stream are taken,
// or the output has ended. A later one takes its place.
struct Arm {
  std::uint64_t head;
  std::uint64_t accepted;  // ~0: never
};
// The window has the size that a guest wanted, or has not: then its client asks the daemon.
struct Sized {
  std::uint32_t set;
  std::uint32_t turn;  // of the guest's Grant
};
// Bytes of its stream. Not in the middle of what its client sends by the daemon: only the client knows.
struct GuestInput {
  std::uint64_t offset;  // as in Input
  Arm arm;
};
struct Resize {
  std::uint16_t cols;
  std::uint16_t rows;
  std::uint16_t x_pixels;
  std::uint16_t y_pixels;
};
inline constexpr std::uint16_t kMaxWindowSize = 10'000;  // columns or rows; at least 1
enum class SignalTarget : std::uint32_t {
  leader = 0,      // the program
  group = 1,       // the program's process group
  foreground = 2,  // the terminal's foreground process group
  tree = 3,        // everything that was started in the session
};
struct Signal {
  std::uint32_t number;
  std::uint32_t target;  // SignalTarget
};
struct Result {
  std::uint32_t error;    // errno, 0: done
  std::uint32_t request;  // MessageType that this answers
};
struct StatusReply {
  std::uint32_t canonical;  // ICANON of the tty
  std::uint32_t echo;
  std::uint32_t paused;  // output stopped by XOFF, as far as known
  std::uint32_t foreground_pgid;
};
enum class Slot : std::uint32_t {
  record = 0,      // the daemon's own description of the session: name, labels, command, environment
  checkpoint = 1,  // the daemon's screen state at Blob::offset
};
// What `custody` handed over is good for another host's start, see Takeover.
struct Entrusted {
  std::uint32_t kept;     // 1: how far the host is can be found when it is dead
  std::uint32_t process;  // 1: the program's process comes with it
};
// The status of a program that is not the host's child any more, from the daemon that is its parent.
struct ProgramEnded {
  std::uint32_t kind;  // ExitKind
  std::uint32_t value;
  std::uint32_t used_known;  // 1: what it has used is in the following
  std::uint32_t reserved;
  std::uint64_t user_us;
  std::uint64_t system_us;
  std::uint64_t max_rss_bytes;
};
struct Blob {
  std::uint32_t slot;
  std::uint32_t present;  // in a reply: 1 when a descriptor comes with it
  std::uint64_t offset;
  std::uint64_t size;  // bytes of the descriptor's content that count
};

// ---------------------------------------------------------------- starting a host

// Descriptors of a new ptyd-host, started without arguments. Windows: `ptyd-host SPEC RESULT RECORD`, inherited handles
// in decimal (section, pipe, section or 0), or `ptyd-host PIPE`, which brings the three as 64-bit values of its own.
inline constexpr int kSpecFd = 3;    // SpawnSpec and its strings, from offset 0
inline constexpr int kResultFd = 4;  // SpawnResult is written here, then it is closed
inline constexpr int kRecordFd = 5;  // first content of Slot::record; may be absent (SpawnSpec::record_size 0)

// Followed by these strings, each ended by NUL, in this order: socket path, cwd, program file,
// argc arguments, envc "NAME=value". The program is looked up in the PATH of the new environment unless it
// has a slash. All sizes include the NULs; `strings_size` is the sum.
struct SpawnSpec {
  std::uint32_t magic;
  std::uint32_t version;
  std::uint64_t ring_capacity;
  std::uint8_t session_id[16];
  Resize size;
  std::uint32_t argc;
  std::uint32_t envc;
  std::uint64_t strings_size;  // at most kMaxSpec
  std::uint64_t record_size;
  std::uint64_t nofile_soft;  // RLIMIT_NOFILE soft limit for the program; 0: leave as it is
};
inline constexpr std::uint64_t kMaxSpec = 8 * 1024 * 1024;

// Instead of a SpawnSpec, on Linux: the host of this session is dead, and this one goes on. Each descriptor that is
// there has its bit in `given`, 1 << number. Followed by the socket path, ended by NUL.
inline constexpr std::uint32_t kTakeoverMagic = 0x4b545450;  // "PTTK"
inline constexpr int kRingFd = 6;
inline constexpr int kTerminalFd = 7;
inline constexpr int kMemoryFd = 8;       // the dead host's own; only hosts know what is in it
inline constexpr int kProgramFd = 9;      // pidfd; absent when the program has ended
inline constexpr int kCheckpointFd = 10;  // content of Slot::checkpoint
struct Takeover {
  std::uint32_t magic;
  std::uint32_t version;
  std::uint8_t session_id[16];
  std::uint64_t generation;  // of the newest attachment
  std::uint64_t record_size;
  std::uint64_t checkpoint_offset;
  std::uint64_t checkpoint_size;
  std::uint64_t read_bytes;     // by the dead host, all in all, as the kernel has counted, if `counted`
  std::uint64_t written_bytes;  // the same
  ProgramEnded ended;           // kind none: it runs, or the host will be told
  std::uint32_t given;
  std::uint32_t path_size;  // with NUL
  std::uint32_t counted;    // 1: the daemon was the dead host's parent
  std::uint32_t reserved;
};
// The answer, on kResultFd. Until it was asked for custody, or kTakeoverWaitMs are over, the new host neither reads nor
// writes, so that one that dies before can be replaced in the same way.
inline constexpr std::uint32_t kTakeoverWaitMs = 10'000;

enum class SpawnStep : std::uint32_t {
  none = 0,
  spec = 1,    // the SpawnSpec could not be read or is not valid
  socket = 2,  // EADDRINUSE: a host for this session exists already
  ring = 3,
  pty = 4,
  fork = 5,
  session = 6,  // setsid or controlling terminal
  descriptors = 7,
  chdir = 8,
  exec = 9,
  takeover = 10,  // what the dead host left can't be gone on with
};
struct SpawnResult {
  std::uint32_t step;   // SpawnStep at which it failed; error 0 with pty: a conpty.dll beside the host was passed over
  std::uint32_t error;  // errno; 0: the program runs
  std::uint32_t host_pid;
  std::uint32_t child_pid;
};
struct TakenOver {
  SpawnResult result;
  std::uint64_t uncertain_offset;  // of input, counted as RingHeader::input_taken: it may have been written, and won't
  std::uint64_t uncertain_bytes;   // be again
  std::uint64_t head;              // where it goes on in the output
  std::uint32_t output_missing;    // 1: some output before that may have been read, and is gone
  std::uint32_t reserved;
};

}  // namespace ptyd::host
