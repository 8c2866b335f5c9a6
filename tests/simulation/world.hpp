// One session and all that has to do with it, moved step by step by one chance: what happens next, and to whom.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/screen/terminal.hpp"
#include "tests/simulation/client.hpp"
#include "tests/simulation/daemon.hpp"
#include "tests/simulation/fiber.hpp"
#include "tests/simulation/kernel.hpp"
#include "tests/simulation/program.hpp"

namespace ptyd::simulation {

class World final : public TypingObserver {
 public:
  World(std::uint64_t seed, bool trace);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Throws Failure when a promise is broken.
  void step();
  // No faults any more: all that is under way comes to rest, and must be all that there was.
  void finish();

  std::uint64_t steps() const { return steps_; }
  struct Counts {
    std::uint64_t output = 0, input = 0, host_deaths = 0, daemon_deaths = 0, gaps = 0, resumed = 0, screens = 0,
                  refused = 0, exits = 0, unknown_exits = 0, waits = 0, upgrades = 0;
  };
  Counts counts() const;

 private:
  enum class Action : std::uint8_t {
    write, read, host, daemon, screen, carry, serve, pump, client_read, client_type, client_send, client_grant,
    client_connect, client_leave, client_resize, client_lease, client_wait, notice, kill_host, kill_daemon, start_daemon, reap,
    wait, exit, upgrade, count
  };
  void act(Action action);
  void note(const char* what, std::uint64_t number = 0) const;
  bool may(Action fault) const { return (faults_ >> static_cast<unsigned>(fault) & 1U) != 0; }

  // Each says whether there was something to do.
  bool move_host(unsigned steps);
  bool move_daemon();
  bool carry(std::size_t most);
  bool serve();
  bool pump();
  void kill_host();
  void kill_daemon();
  void start_daemon();
  void upgrade();
  bool notice();
  void all_turn();
  bool at_rest();
  void act_connect(Client& client);
  void start_first_host();
  void end_program();
  void come_to_rest();

  void check();
  void check_ring();
  void check_exit();
  void follow_screen();
  void compare_screens();
  void check_end();
  void check_clients();
  host::RingHeader& header() const { return *reinterpret_cast<host::RingHeader*>(kernel_.ring->data); }

  void begins(std::uint64_t client, std::uint64_t accepted) override {
    program_.typed().begins(client, accepted, clients_[client].ever_sent());
  }
  void refused(std::uint64_t client, std::uint64_t from, std::uint64_t to) override;
  void typed(std::uint64_t client, const Session& session) override;

  Random random_;
  bool trace_;
  Kernel kernel_;
  Program program_;
  Fiber host_;
  std::vector<Client> clients_;
  std::unique_ptr<Daemon> daemon_;
  std::uint64_t steps_ = 0;
  std::uint64_t faults_ = 0;
  bool ends_ = false;           // the program, at the end at the latest
  std::uint32_t replaceable_ = 0;  // host, as long as its output has not ended
  std::vector<std::uint32_t> weights_;
  std::uint64_t all_weights_ = 0;
  unsigned deaths_in_a_row_ = 0;
  std::uint64_t moved_at_death_ = 0;
  screen::Terminal reference_;
  std::uint64_t next_size_ = 0;
  std::optional<SizeChange> size_to_come_;
  mutable Counts counts_;
};

}  // namespace ptyd::simulation
