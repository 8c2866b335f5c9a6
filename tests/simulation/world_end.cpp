// How it ends: everything comes to rest, and is all that there was.
#include <algorithm>
#include <string>

#include "daemon/hostlink/children.hpp"
#include "tests/simulation/daemon_system.hpp"
#include "tests/simulation/failure.hpp"
#include "tests/simulation/world.hpp"

namespace ptyd::simulation {

namespace {
constexpr std::uint64_t kMs = 1'000'000;
}

void World::all_turn() {
  for (int i = 0; i < 50 && move_host(1000); ++i) {
  }
  if (daemon_) reap_children();
  for (int i = 0; i < 200 && move_daemon(); ++i) {
  }
  for (int i = 0; i < 200 && daemon_ && run_screen_job(); ++i) {
  }
  for (int i = 0; i < 50 && carry(1 << 20); ++i) {
  }
  for (int i = 0; i < 50 && serve(); ++i) {
  }
  notice();
  for (int i = 0; i < 50 && pump(); ++i) {
  }
  program_.read(1 << 20);
  start_daemon();
  for (auto& client : clients_) {
    client.read(1 << 20, program_.output());
    if (!client.connected() && daemon_ && client.told_of_end == 0) act_connect(client);
  }
}

bool World::at_rest() {
  if (!daemon_ || !daemon_->up()) return false;
  if (program_.over()) {
    const auto told = [](const Client& client) { return client.told_of_end > 0 && !client.waits(); };
    return std::all_of(clients_.begin(), clients_.end(), told) && !daemon_->session().running();
  }
  if (!kernel_.pty->input.empty()) return false;
  if (header().input_written.load() < header().input_taken.load()) return false;
  for (const auto& client : clients_)
    if (!client.attached() || client.acknowledged() < client.typed() || client.next() < program_.output().size()) return false;
  // What the thread of the screens has done is not on the loop yet.
  return daemon_->session().look_now([](const screen::Terminal&, bool) {});
}

void World::finish() {
  note("finish");
  faults_ = 0;
  kernel_.short_transfers = false;
  come_to_rest();
  check_end();
  if (!ends_ || program_.over()) return;
  end_program();
  come_to_rest();
  check_end();
}

void World::come_to_rest() {
  int rested = 0;
  for (int round = 0; round < 600; ++round) {
    for (auto& client : clients_) {
      if (auto* const link = client.link()) link->room = std::max<std::size_t>(link->room, 4096);
      client.grant(1 << 20);
      client.send();
    }
    all_turn();
    check();
    rested = at_rest() ? rested + 1 : 0;
    if (rested == 3) break;
    pass_time((round < 200 ? 10 : 100) * kMs);
  }
}

void World::check_end() {
  expect(daemon_ && daemon_->up(), "no daemon could take the session over");
  expect(header().head.load() == program_.output().size(),
         "output was left in the terminal: " + std::to_string(header().head.load()) + " of " +
             std::to_string(program_.output().size()) + " bytes read, the floor is at " +
             std::to_string(header().floor.load()));
  if (program_.over()) {
    for (const auto& client : clients_)
      expect(client.told_of_end > 0 && !client.waits(), "client " + std::to_string(client.number()) + " was not told of the end");
    expect(daemon_->exits == 1, "the end of the program was not told");
    ++counts_.exits;
    if (header().exit_kind == static_cast<std::uint32_t>(host::ExitKind::unknown)) ++counts_.unknown_exits;
    return;
  }
  check_clients();
  const auto size = daemon_->session().size();
  const auto window = header().window_size.load();
  expect(size.cols == (window & 0xffff) && size.rows == (window >> 16 & 0xffff), "the window has another size than the session");
  const auto before = counts_.screens;
  compare_screens();
  expect(counts_.screens > before, "the screen does not follow");
}

void World::check_clients() {
  for (const auto& client : clients_) {
    const auto name = "client " + std::to_string(client.number());
    expect(client.attached(), name + " could not attach");
    expect(client.next() == program_.output().size(), name + " has " + std::to_string(client.next()) + " of " +
                                                          std::to_string(program_.output().size()) + " bytes");
    expect(client.acknowledged() == client.typed(), name + " typed " + std::to_string(client.typed()) + " bytes, " +
                                                        std::to_string(client.acknowledged()) + " are acknowledged");
    expect(program_.typed().complete(client.number(), client.typed()), name + ": not all that it typed was read");
  }
}

World::Counts World::counts() const {
  auto counts = counts_;
  counts.output = program_.output().size();
  for (const auto& client : clients_) {
    counts.gaps += client.gaps;
    counts.resumed += client.resumed;
    counts.waits += client.waited;
    counts.input += client.typed();
  }
  return counts;
}

}  // namespace ptyd::simulation
