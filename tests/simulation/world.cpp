#include "tests/simulation/world.hpp"

#include <cstdio>
#include <cstring>
#include <utility>

#include "daemon/hostlink/children.hpp"
#include "daemon/session/record.hpp"
#include "tests/simulation/daemon_system.hpp"
#include "tests/simulation/failure.hpp"
#include "tests/simulation/host_process.hpp"

namespace ptyd::simulation {

namespace {

constexpr std::uint64_t kMs = 1'000'000;
// Longer than anybody waits for somebody who is gone.
constexpr std::uint64_t kPatience = 10'000 * kMs;

screen::TerminalOptions reference_options() {
  screen::TerminalOptions options;
  options.scrollback.lines = 200;
  return options;
}

std::string record() {
  SessionRecord record;
  record.id = kSessionId;
  record.name = "simulated";
  return encode_record(record);
}

}  // namespace

World::World(std::uint64_t seed, bool trace)
    : random_(seed), trace_(trace), kernel_(random_.next()), program_(*kernel_.pty, random_), reference_(reference_options()) {
  begin_time(random_.next());
  kernel_.on_start = [this] {
    begin_host();
    host_.start([] { run_host(); });
  };
  faults_ = random_.next();
  kernel_.parent_of_all = random_.one_in(2);
  kernel_.tells_exits = random_.one_in(2);
  ends_ = random_.one_in(2);
  kernel_.short_transfers = random_.one_in(2);
  const auto count = random_.between(1, TypedCheck::kTypists);
  for (std::uint64_t i = 0; i < count; ++i)
    clients_.emplace_back(i, static_cast<FlowPolicy>(random_.below(3)), random_);
  weights_.assign(static_cast<std::size_t>(Action::count), 0);
  for (auto& weight : weights_) weight = static_cast<std::uint32_t>(random_.between(1, 40));
  for (const auto action : {Action::host, Action::daemon}) weights_[static_cast<std::size_t>(action)] += 60;
  for (const auto action : {Action::kill_host, Action::kill_daemon, Action::client_leave, Action::client_lease, Action::upgrade,
                             Action::wait})
    weights_[static_cast<std::size_t>(action)] = may(action) ? static_cast<std::uint32_t>(random_.between(1, 6)) : 0;
  weights_[static_cast<std::size_t>(Action::exit)] = ends_ && random_.one_in(2) ? 1 : 0;
  for (const auto weight : weights_) all_weights_ += weight;
  start_first_host();
  start_daemon();
}

// The daemon before what it runs on.
World::~World() {
  daemon_.reset();
  host_.kill();
  kernel_.host_dies();
}

void World::start_first_host() {
  const auto content = record();
  auto file = std::make_shared<Memory>(content.size());
  std::memcpy(file->data, content.data(), content.size());
  kernel_.start_host({{host::kSpecFd, std::make_shared<Memory>(64)},
                      {host::kResultFd, std::make_shared<Socket>()},
                      {host::kRecordFd, file}});
  while (!kernel_.ring || header().state.load() != static_cast<std::uint32_t>(host::State::running)) move_host(100);
}

void World::note(const char* what, std::uint64_t number) const {
  if (trace_)
    std::printf("%6llu %-14s %llu\n", static_cast<unsigned long long>(steps_), what,
                static_cast<unsigned long long>(number));
}

// ---------------------------------------------------------------- what may happen

void World::step() {
  ++steps_;
  auto chosen = random_.below(all_weights_);
  std::size_t action = 0;
  while (chosen >= weights_[action]) chosen -= weights_[action++];
  act(static_cast<Action>(action));
  check();
}

void World::act(Action action) {
  auto& client = clients_[random_.below(clients_.size())];
  const auto some = [this](std::uint64_t often, std::uint64_t seldom) {
    return random_.one_in(6) ? random_.between(1, seldom) : random_.between(1, often);
  };
  switch (action) {
    case Action::write:
      note("write");
      program_.write(some(300, 12'000));
      break;
    case Action::read: program_.read(some(200, 4096)); break;
    case Action::host:
      note("host");
      move_host(static_cast<unsigned>(some(12, 400)));
      break;
    case Action::daemon:
      note("daemon");
      for (auto turns = some(2, 30); turns > 0 && move_daemon(); --turns) {
      }
      break;
    case Action::screen:
      for (auto jobs = random_.between(1, 3); jobs > 0 && daemon_ && run_screen_job(); --jobs) {
      }
      break;
    case Action::carry: carry(some(64, 100'000)); break;
    case Action::serve: serve(); break;
    case Action::pump: pump(); break;
    case Action::client_read: client.read(some(500, 40'000), program_.output()); break;
    case Action::client_type: client.type(some(40, 9000)); break;
    case Action::client_send: client.send(); break;
    case Action::client_grant: client.grant(some(1000, 100'000)); break;
    case Action::client_connect:
      if (client.connected() || !daemon_) break;
      act_connect(client);
      break;
    case Action::client_leave:
      note("leave", client.number());
      client.disconnect();
      break;
    case Action::client_resize:
      client.resize({static_cast<std::uint16_t>(random_.between(2, 90)), static_cast<std::uint16_t>(random_.between(2, 30)), 0, 0});
      break;
    case Action::client_lease:
      if (random_.one_in(3)) client.release();
      else client.claim(random_.one_in(2) ? 0 : random_.between(1, 3000), random_.one_in(4));
      break;
    case Action::client_wait: client.wait_for_end(); break;
    case Action::notice: notice(); break;
    case Action::kill_host: kill_host(); break;
    case Action::kill_daemon: kill_daemon(); break;
    case Action::start_daemon: start_daemon(); break;
    case Action::reap:
      if (daemon_) reap_children();
      break;
    case Action::wait:
      // A host that does not start for many seconds ends its session.
      if (daemon_ && daemon_->up() && daemon_->session().replacing_host()) break;
      // Nor is a status that was told that long under way.
      if (kernel_.program->reaped && header().state.load() != static_cast<std::uint32_t>(host::State::exited)) break;
      pass_time(random_.between(1, random_.one_in(10) ? 4000 : 50) * kMs);
      break;
    case Action::exit: end_program(); break;
    case Action::upgrade: upgrade(); break;
    case Action::count: break;
  }
}

void World::end_program() {
  if (program_.over()) return;
  note("exit");
  program_.end(kernel_);
  for (auto& client : clients_) client.program_over = true;
}

bool World::move_host(unsigned steps) {
  if (!host_.alive() || !host_has_work()) return false;
  host_.run(steps);
  expect(host_.alive() || kernel_.host->dead, "the host has ended by itself");
  follow_screen();
  return true;
}

// A call of the host, or a handler of the loop.
bool World::move_daemon() {
  if (!daemon_) return false;
  pass_time(1000);
  if (daemon_->failed()) {
    kill_daemon();
    return true;
  }
  const bool moved = daemon_->turn();
  if (daemon_ && daemon_->up()) {
    expect(!daemon_->lost, "the session is lost");
    if (daemon_->replaceable() && !kernel_.host->dead) replaceable_ = kernel_.host->pid;
    expect(daemon_->uncertain == 0, "it is uncertain what was typed, though the counts are exact");
  }
  return moved;
}

bool World::carry(std::size_t most) {
  bool any = false;
  std::erase_if(kernel_.streams, [](const auto& stream) { return stream.expired(); });
  const auto first = random_.below(kernel_.streams.size() + 1);
  for (std::size_t i = 0; i < kernel_.streams.size() && !any; ++i) {
    const auto stream = kernel_.streams[(first + i) % kernel_.streams.size()].lock();
    if (!stream || !stream->under_way()) continue;
    stream->carry(most);
    any = true;
  }
  for (auto& client : clients_) {
    auto* const link = client.link();
    if (link == nullptr || link->carried == link->to_daemon.size()) continue;
    link->carried += random_.between(1, link->to_daemon.size() - link->carried);
    any = true;
  }
  return any;
}

bool World::serve() {
  if (!daemon_ || !daemon_->up()) return false;
  bool any = false;
  for (auto& [number, connection] : daemon_->connections()) any = daemon_->serve(*connection) || any;
  return any;
}

bool World::pump() {
  if (!daemon_ || !daemon_->up()) return false;
  bool any = false;
  for (auto& [number, connection] : daemon_->connections()) {
    if (!connection->ready()) continue;
    connection->pump();
    any = true;
  }
  return any;
}

// A session outlives its host as long as a daemon is there that holds it.
void World::kill_host() {
  if (!host_.alive() || !daemon_) return;
  // Also one whose program has ended is replaced, as long as output may come.
  const bool draining = replaceable_ == kernel_.host->pid && header().stream_ended.load() == 0 && daemon_->up() &&
                        !daemon_->session().running() && !daemon_->session().replacing_host();
  if (!daemon_->replaceable() && !draining) return;
  // More in a row, without having done anything, are not replaced.
  const auto moved = header().head.load() + header().input_written.load() + daemon_->replaced;
  deaths_in_a_row_ = moved == moved_at_death_ ? deaths_in_a_row_ + 1 : 0;
  moved_at_death_ = moved;
  if (deaths_in_a_row_ > 5) return;
  note("kill host", kernel_.host->pid);
  ++counts_.host_deaths;
  host_.kill();
  kernel_.host_dies();
}

// Both may not be dead at a time.
void World::kill_daemon() {
  if (!daemon_ || !host_.alive() || (daemon_->up() && daemon_->session().replacing_host())) return;
  note("kill daemon");
  ++counts_.daemon_deaths;
  daemon_.reset();
  replaceable_ = 0;
  kernel_.daemon_dies();
  for (auto& client : clients_) {
    if (auto* const link = client.link()) {
      link->over = true;
      link->to_daemon.clear();
      link->carried = 0;
    }
  }
}

void World::start_daemon() {
  if (daemon_) return;
  note("start daemon");
  daemon_ = std::make_unique<Daemon>(kernel_, *this);
}

// Nobody notices.
void World::upgrade() {
  auto left = daemon_ ? daemon_->hand_over() : std::nullopt;
  if (!left) return;
  note("upgrade");
  ++counts_.upgrades;
  daemon_.reset();
  daemon_ = std::make_unique<Daemon>(kernel_, *this, *left);
}

// The daemon finds connections closed.
bool World::notice() {
  if (!daemon_ || !daemon_->up()) return false;
  for (const auto& [number, connection] : daemon_->connections()) {
    if (clients_[number].link() == &connection->link()) continue;
    daemon_->drop(number);
    return true;
  }
  return false;
}

void World::act_connect(Client& client) {
  note("connect", client.number());
  client.may_miss = client.left() || client.flow() != FlowPolicy::lossless || virtual_ns() - client.left_at() > kPatience;
  daemon_->accept(client.connect(), client.number());
}

}  // namespace ptyd::simulation
