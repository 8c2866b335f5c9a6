// Who wants to be told of which child; how it has ended is the system's, see children_posix.cpp.
#include "daemon/hostlink/children.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace ptyd {

struct ChildClaim::Entry {
  std::uint32_t pid = 0;
  ChildListener listener;
};

std::vector<std::unique_ptr<ChildClaim::Entry>>& ChildClaim::entries() {
  static std::vector<std::unique_ptr<Entry>> all;
  return all;
}

ChildClaim::ChildClaim(std::uint32_t pid, ChildListener listener) {
  auto entry = std::make_unique<Entry>();
  entry->pid = pid;
  entry->listener = std::move(listener);
  auto* const made = entry.get();
  entries().push_back(std::move(entry));
  entry_ = made;
}

ChildClaim::ChildClaim(ChildClaim&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}

ChildClaim& ChildClaim::operator=(ChildClaim&& other) noexcept {
  if (this == &other) return *this;
  drop();
  entry_ = std::exchange(other.entry_, nullptr);
  return *this;
}

ChildClaim::~ChildClaim() { drop(); }

void ChildClaim::drop() noexcept {
  if (entry_ != nullptr) std::erase_if(entries(), [this](const auto& entry) { return entry.get() == entry_; });
  entry_ = nullptr;
}

// A listener may claim and drop others, but not end this claim's owner without dropping it.
void ChildClaim::tell(std::uint32_t pid, int status) {
  std::vector<ChildListener> listeners;
  for (const auto& entry : entries())
    if (entry->pid == pid) listeners.push_back(entry->listener);
  for (const auto& listener : listeners) listener(status);
}

}  // namespace ptyd
