#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <cstring>

#include "daemon/host/descriptor.hpp"
#include "daemon/host/os.hpp"
#include "daemon/host/process_tree.hpp"

namespace ptyd::host {

namespace {

struct List {
  int* pids;
  std::size_t most;
  std::size_t count;
};

// What getdents64() writes; the name follows.
struct Entry {
  std::uint64_t inode;
  std::int64_t next;
  std::uint16_t size;
  std::uint8_t type;
};
constexpr std::size_t kNameOffset = 19;

char* append(char* at, const char* text) {
  const std::size_t length = std::strlen(text);
  std::memcpy(at, text, length + 1);
  return at + length;
}

// The file holds numbers, each followed by a blank; one may be cut by the end of a read.
void add_children(int children, List& list) {
  count_other_read();
  char text[1024];
  int number = 0;
  for (;;) {
    const ssize_t got = ::read(children, text, sizeof text);
    if (got <= 0) return;
    for (ssize_t i = 0; i < got; ++i) {
      if (text[i] >= '0' && text[i] <= '9') {
        number = number * 10 + (text[i] - '0');
      } else if (number != 0) {
        if (list.count < list.most) list.pids[list.count++] = number;
        number = 0;
      }
    }
  }
}

// Each thread has the children that it forked itself.
void add_children_of_threads(int pid, List& list) {
  char path[32];
  *std::to_chars(append(path, "/proc/"), path + 24, pid).ptr = 0;
  append(path + std::strlen(path), "/task");
  const Descriptor threads(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  alignas(Entry) char entries[2048];
  while (threads) {
    const long got = ::syscall(SYS_getdents64, threads.fd(), entries, sizeof entries);
    if (got <= 0) return;
    for (long at = 0; at < got;) {
      Entry entry;
      std::memcpy(&entry, entries + at, sizeof entry);
      const char* const name = entries + at + kNameOffset;
      at += entry.size;
      if (name[0] == '.' || std::strlen(name) > 12) continue;
      char child_path[24];
      append(append(child_path, name), "/children");
      const Descriptor children(::openat(threads.fd(), child_path, O_RDONLY | O_CLOEXEC));
      if (children) add_children(children.fd(), list);
    }
  }
}

bool holds(const List& list, int pid) {
  for (std::size_t i = 0; i < list.count; ++i)
    if (list.pids[i] == pid) return true;
  return false;
}

int number_of(const char* name) {
  int number = 0;
  const char* const end = name + std::strlen(name);
  return std::from_chars(name, end, number).ptr == end ? number : 0;
}

// Session and parent, from /proc/PID/stat: the name in it may hold anything, so its end is the last ')'.
bool look_at(int processes, const char* name, int& parent, int& session) {
  char path[24];
  append(append(path, name), "/stat");
  const Descriptor file(::openat(processes, path, O_RDONLY | O_CLOEXEC));
  char text[512];
  count_other_read();
  const ssize_t got = file ? ::read(file.fd(), text, sizeof text - 1) : 0;
  if (got <= 0) return false;
  text[got] = 0;
  const char* at = std::strrchr(text, ')');
  int* const numbers[] = {&parent, nullptr, &session};
  if (at == nullptr || std::strlen(at) < 4 || at[2] == 'Z') return false;
  at += 4;
  for (int* const number : numbers) {
    int value = 0;
    const auto read = std::from_chars(at, text + got, value);
    if (read.ec != std::errc() || *read.ptr != ' ') return false;
    if (number != nullptr) *number = value;
    at = read.ptr + 1;
  }
  return true;
}

// One look at all processes. Parents that stand behind their children make another look necessary.
bool add_session(int leader, List& list) {
  const Descriptor processes(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  alignas(Entry) char entries[4096];
  bool added = false;
  while (processes) {
    const long got = ::syscall(SYS_getdents64, processes.fd(), entries, sizeof entries);
    if (got <= 0) break;
    for (long at = 0; at < got;) {
      Entry entry;
      std::memcpy(&entry, entries + at, sizeof entry);
      const char* const name = entries + at + kNameOffset;
      at += entry.size;
      const int pid = std::strlen(name) <= 10 ? number_of(name) : 0;
      int parent = 0;
      int session = 0;
      if (pid <= 1 || pid == ::getpid() || holds(list, pid) || !look_at(processes.fd(), name, parent, session))
        continue;
      if ((pid != leader && session != leader && !holds(list, parent)) || list.count >= list.most) continue;
      list.pids[list.count++] = pid;
      added = true;
    }
  }
  return added;
}

}  // namespace

std::size_t list_terminal_session(int leader, int* pids, std::size_t most) {
  List list{pids, most, 0};
  while (add_session(leader, list)) {
  }
  return list.count;
}

std::size_t list_descendants(int* pids, std::size_t most) {
  List list{pids, most, 0};
  add_children_of_threads(::getpid(), list);
  for (std::size_t i = 0; i < list.count; ++i) add_children_of_threads(pids[i], list);
  return list.count;
}

}  // namespace ptyd::host
