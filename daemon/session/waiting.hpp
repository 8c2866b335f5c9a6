// Puts an event on a list of those to notify, for a scope.
#pragma once

#include <vector>

#include "common/async_event.hpp"

namespace ptyd {

// Both must outlive it.
class Waiting {
 public:
  Waiting(std::vector<AsyncEvent*>& list, AsyncEvent& event) : list_(list), event_(&event) { list_.push_back(event_); }
  ~Waiting() { std::erase(list_, event_); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  std::vector<AsyncEvent*>& list_;
  AsyncEvent* event_;
};

}  // namespace ptyd
