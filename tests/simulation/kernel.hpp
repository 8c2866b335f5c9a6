// What the simulated processes ask of the system: descriptors, memory, sockets, a pseudoterminal, what a process has read
// and written. All in memory, and nothing happens by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/random.hpp"

namespace ptyd::simulation {

// What a descriptor stands for.
struct Object {
  virtual ~Object() = default;
};
using ObjectPtr = std::shared_ptr<Object>;

struct Memory final : Object {
  explicit Memory(std::size_t size);
  ~Memory() override;
  std::byte* data;
  std::size_t bytes;
};

// One direction of a connection. What was written is there to be read once it has been carried over.
struct Stream {
  std::string bytes;        // written and not read
  std::size_t carried = 0;  // of these, what the reader sees
  std::deque<std::pair<std::uint64_t, ObjectPtr>> objects;  // with the byte of this number
  std::uint64_t read_before = 0;
  bool closed = false;  // by the writer
  bool cut = false;     // the writer is dead, and what it still does is without effect
  std::function<void()> on_readable;

  void write(std::string_view data, std::vector<ObjectPtr> with = {});
  // At most `most` of what is there.
  std::string read(std::size_t most, std::vector<ObjectPtr>& with);
  bool at_end() const { return closed && bytes.empty(); }
  void carry(std::size_t most);
  bool under_way() const { return carried < bytes.size() || (closed && !end_told); }
  bool end_told = false;
};

struct Socket final : Object {
  std::shared_ptr<Stream> in = std::make_shared<Stream>();
  std::shared_ptr<Stream> out = std::make_shared<Stream>();
  ~Socket() override { out->closed = true; }
};

struct Event final : Object {
  bool set = false;
  std::function<void()> on_set;
};

struct Process final : Object {
  std::uint32_t pid = 0;
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  bool dead = false;
  bool reaped = false;
  bool daemons_child = false;
};

// The session's program.
struct Task final : Object {
  enum class Parent : std::uint8_t { host, daemon, nobody };
  Parent parent = Parent::host;
  bool over = false;
  bool reaped = false;
  int status = 0;  // as waitpid() says it
};

struct Pty final : Object {
  static constexpr std::size_t kOutput = 16 * 1024;  // that the program may be ahead
  static constexpr std::size_t kInput = 4096;
  std::string output;
  std::string input;
  unsigned ends = 0;  // of the program's end of it, that are open

  bool hung_up() const { return ends == 0 && output.empty(); }
};

// The program's end, opened once.
struct Tty final : Object {
  explicit Tty(std::shared_ptr<Pty> of) : pty(std::move(of)) { ++pty->ends; }
  ~Tty() override { --pty->ends; }
  std::shared_ptr<Pty> pty;
};

// Says that the host has children which ended.
struct ChildNews final : Object {};

struct Listening final : Object {
  std::deque<std::shared_ptr<Socket>> pending;
};

class Kernel {
 public:
  explicit Kernel(std::uint64_t seed) : random(seed) { current = this; }
  ~Kernel() { current = nullptr; }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  // The one there is now; none between two runs.
  static Kernel* current;

  int add(ObjectPtr object);
  void place(int number, ObjectPtr object);
  void close(int number) noexcept;
  ObjectPtr find(int number) const;
  template <class T>
  std::shared_ptr<T> find_as(int number) const {
    return std::dynamic_pointer_cast<T>(find(number));
  }
  std::size_t descriptors() const { return table_.size(); }

  // The host's own go when it dies.
  int add_for_host(ObjectPtr object);
  void host_dies() noexcept;

  // A new process with these descriptors; `on_start` runs it.
  void start_host(std::vector<std::pair<int, ObjectPtr>> placed);
  std::function<void()> on_start;

  void start_program();
  // Nothing comes from it any more.
  void end_program(int status);
  void daemon_dies() noexcept;
  bool has_ended_child(Task::Parent parent) const { return program && program->parent == parent && program->over && !program->reaped; }

  static std::pair<std::shared_ptr<Socket>, std::shared_ptr<Socket>> connect();

  Random random;
  std::shared_ptr<Pty> pty = std::make_shared<Pty>();
  std::shared_ptr<Process> host;                   // the newest one
  std::weak_ptr<Listening> listening;              // at the session's path
  std::vector<std::weak_ptr<Stream>> streams;      // that something may be under way in
  std::vector<std::shared_ptr<Process>> children;  // that nobody has waited for
  std::uint32_t next_pid = 1000;
  std::shared_ptr<Memory> ring;     // the first memory of a host
  bool short_transfers = true;
  std::shared_ptr<Task> program;
  bool tells_exits = true;           // of processes that others have waited for
  bool parent_of_all = false;        // each daemon is the parent of the host, not only the first

 private:
  void adopt_program(Task::Parent parent) noexcept;

  std::shared_ptr<Tty> programs_tty_;
  std::map<int, ObjectPtr> table_;
  std::set<int> hosts_;
  int next_ = 100;
};

}  // namespace ptyd::simulation
