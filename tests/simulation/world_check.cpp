// What must be so after every step.
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>

#include "tests/simulation/daemon_system.hpp"
#include "tests/simulation/failure.hpp"
#include "tests/simulation/host_process.hpp"
#include "tests/simulation/world.hpp"

namespace ptyd::simulation {

namespace {

void tell_row(const char* whose, const screen::Terminal& terminal, int row) {
  std::string text;
  const auto& grid = terminal.active();
  for (int column = 0; column < grid.columns(); ++column) terminal.append_text(grid.cells(row)[column], text);
  std::printf("  %s %2d: %s\n", whose, row, text.c_str());
}

void tell_difference(const screen::Terminal& screen, const screen::Terminal& reference) {
  for (const auto* const terminal : {&screen, &reference})
    std::printf("%s: %d x %d at %llu, the cursor at %d, %d\n", terminal == &screen ? "screen" : "reference", terminal->columns(),
                terminal->rows(), static_cast<unsigned long long>(terminal->offset()), terminal->state().cursor.column,
                terminal->state().cursor.row);
  for (int row = 0; row < std::min(screen.rows(), reference.rows()); ++row) {
    tell_row("screen   ", screen, row);
    tell_row("reference", reference, row);
  }
}

}  // namespace

void World::refused(std::uint64_t client, std::uint64_t from, std::uint64_t to) {
  ++counts_.refused;
  note("refused from", from);
  note("refused to", to);
  const auto& lease = daemon_->session().leases().held();
  expect(!lease.empty() && lease.front().lease.holder.client != client + 1, "who holds the input was refused");
  program_.typed().refused(client, from, to);
}

void World::typed(std::uint64_t client, const Session& session) {
  note("typed", client);
  for (const auto& held : session.leases().held())
    expect(held.lease.holder.client == client + 1, "somebody typed while another one held the input");
}

void World::check() {
  check_ring();
  check_exit();
  for (const auto& client : clients_) expect(client.acknowledged() <= client.typed(), "more is acknowledged than was typed");
  if (daemon_) expect(daemon_->up() || !daemon_->lost, "the session is lost");
  expect(kernel_.descriptors() < 200, "descriptors grow");
}

// Told once, as it was; not known only where nobody who waits for it was there when it could be.
void World::check_exit() {
  if (daemon_) expect(daemon_->exits <= 1, "the end of the program is told twice");
  if (header().state.load() != static_cast<std::uint32_t>(host::State::exited)) return;
  expect(program_.over(), "the end of a program that runs");
  const auto& program = *kernel_.program;
  if (header().exit_kind == static_cast<std::uint32_t>(host::ExitKind::unknown)) {
    expect(program.parent == Task::Parent::nobody && !kernel_.tells_exits, "the status was lost");
    return;
  }
  const bool exited = WIFEXITED(program.status);
  const auto kind = exited ? host::ExitKind::exited : host::ExitKind::signaled;
  const auto value = exited ? static_cast<unsigned>(WEXITSTATUS(program.status))
                            : static_cast<unsigned>(WTERMSIG(program.status)) | (WCOREDUMP(program.status) ? 0x100U : 0U);
  expect(header().exit_kind == static_cast<std::uint32_t>(kind) && header().exit_value == value, "another status than the program's");
}

void World::check_ring() {
  const auto head = header().head.load();
  const auto reserve = header().reserve.load();
  expect(head <= program_.output().size(), "the head is beyond what the program has written");
  expect(header().input_written.load() <= header().input_taken.load(), "more input written than taken");
  expect(header().input_taken.load() - header().input_written.load() <= host::kInputWindow, "more input than the window");
  if (!daemon_ || !daemon_->up()) return;
  for (const auto& [number, connection] : daemon_->connections()) {
    const auto* const attachment = connection->attachment.get();
    if (attachment == nullptr || attachment->ended() || attachment->spec().flow != FlowPolicy::lossless) continue;
    if (!attachment->ready()) continue;
    expect(header().floor.load() <= attachment->held(), "the floor is above what a lossless client has yet to read");
    expect(std::max(head, reserve) <= attachment->held() + kRing || attachment->resyncs() > 0, "what a lossless client has yet to read is overwritten");
  }
}

// The engine that sees every byte when the host tells of it.
void World::follow_screen() {
  const auto head = header().head.load();
  for (;;) {
    const auto count = header().size_change_count.load();
    std::uint64_t until = head;
    while (next_size_ < count) {
      const auto& change = header().size_changes[next_size_ % host::kSizeChanges];
      const auto offset = change.offset.load();
      const auto size = change.size.load();
      if (offset > reference_.offset()) {
        until = std::min(until, offset);
        break;
      }
      note("size at", offset);
      reference_.resize(static_cast<int>(size >> 16 & 0xffff), static_cast<int>(size & 0xffff));
      ++next_size_;
    }
    if (reference_.offset() >= until) return;
    reference_.feed(std::string_view(program_.output()).substr(reference_.offset(), until - reference_.offset()));
  }
}

void World::compare_screens() {
  if (!daemon_ || !daemon_->up()) return;
  const auto look = [this](const screen::Terminal& terminal, bool approximate) {
    if (terminal.offset() != reference_.offset()) return;
    ++counts_.screens;
    if (approximate) return;
    const bool same_screen = terminal.hash() == reference_.hash();
    const auto kept = terminal.scrollback().size();
    const auto wanted = reference_.scrollback().size();
    if (trace_ && !same_screen) tell_difference(terminal, reference_);
    expect(same_screen, "the screen is not that of an engine that saw all bytes");
    expect(kept == wanted, "the scrollback has " + std::to_string(kept) + " rows, that of an engine that saw all bytes " +
                               std::to_string(wanted));
  };
  static_cast<void>(daemon_->session().look_now(look));
}

}  // namespace ptyd::simulation
