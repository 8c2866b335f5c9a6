#include "tests/simulation/kernel.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace ptyd::simulation {

namespace {

constexpr std::align_val_t kPage{4096};

}  // namespace

Kernel* Kernel::current = nullptr;

Memory::Memory(std::size_t size)
    : data(static_cast<std::byte*>(::operator new(std::max<std::size_t>(size, 1), kPage))), bytes(size) {
  std::memset(data, 0, size);
}
Memory::~Memory() { ::operator delete(data, kPage); }

void Stream::write(std::string_view data, std::vector<ObjectPtr> with) {
  if (cut) return;
  for (auto& object : with) objects.emplace_back(read_before + bytes.size(), std::move(object));
  bytes.append(data);
}

std::string Stream::read(std::size_t most, std::vector<ObjectPtr>& with) {
  const auto count = std::min(most, carried);
  auto got = bytes.substr(0, count);
  bytes.erase(0, count);
  carried -= count;
  read_before += count;
  while (!objects.empty() && objects.front().first < read_before) {
    with.push_back(std::move(objects.front().second));
    objects.pop_front();
  }
  return got;
}

void Stream::carry(std::size_t most) {
  carried = std::min(bytes.size(), carried + most);
  end_told = closed && carried == bytes.size();
  if (on_readable) on_readable();
}

int Kernel::add(ObjectPtr object) {
  const int number = next_++;
  table_.emplace(number, std::move(object));
  return number;
}

int Kernel::add_for_host(ObjectPtr object) {
  const int number = add(std::move(object));
  hosts_.insert(number);
  return number;
}

void Kernel::place(int number, ObjectPtr object) {
  table_[number] = std::move(object);
  hosts_.insert(number);
}

void Kernel::close(int number) noexcept {
  hosts_.erase(number);
  const auto found = table_.find(number);
  if (found == table_.end()) return;
  // Its end may close others.
  const auto object = std::move(found->second);
  table_.erase(found);
}

ObjectPtr Kernel::find(int number) const {
  const auto found = table_.find(number);
  return found == table_.end() ? nullptr : found->second;
}

void Kernel::host_dies() noexcept {
  for (const int number : std::exchange(hosts_, {})) close(number);
  if (!host) return;
  host->dead = true;
  if (program && program->parent == Task::Parent::host)
    adopt_program(host->daemons_child ? Task::Parent::daemon : Task::Parent::nobody);
}

void Kernel::daemon_dies() noexcept {
  if (host) host->daemons_child = parent_of_all;
  if (program && program->parent == Task::Parent::daemon) adopt_program(Task::Parent::nobody);
}

// The system itself waits for those that are nobody's.
void Kernel::adopt_program(Task::Parent parent) noexcept {
  program->parent = parent;
  if (parent == Task::Parent::nobody && program->over) program->reaped = true;
}

void Kernel::start_program() {
  program = std::make_shared<Task>();
  programs_tty_ = std::make_shared<Tty>(pty);
}

void Kernel::end_program(int status) {
  program->over = true;
  program->status = status;
  programs_tty_.reset();
  adopt_program(program->parent);
}

void Kernel::start_host(std::vector<std::pair<int, ObjectPtr>> placed) {
  host = std::make_shared<Process>();
  host->pid = next_pid++;
  host->daemons_child = true;
  children.push_back(host);
  for (auto& [number, object] : placed) place(number, std::move(object));
  on_start();
}

std::pair<std::shared_ptr<Socket>, std::shared_ptr<Socket>> Kernel::connect() {
  auto a = std::make_shared<Socket>();
  auto b = std::make_shared<Socket>();
  a->in = b->out;
  b->in = a->out;
  current->streams.push_back(a->in);
  current->streams.push_back(a->out);
  return {a, b};
}

}  // namespace ptyd::simulation
