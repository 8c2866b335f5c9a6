// Decides when a wait for several conditions of several sessions is over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ptyd {

enum class WaitOutcome : std::uint8_t { waiting, held, ended };

// `any`: one condition of one session is enough. Otherwise each of each session must have held once.
class WaitTally {
 public:
  WaitTally(std::size_t sessions, std::size_t conditions, bool any)
      : conditions_(conditions), any_(any), states_(sessions * conditions, State::open) {}

  void held(std::size_t session, std::size_t condition) { states_[session * conditions_ + condition] = State::held; }
  // What has not held will not any more.
  void hopeless(std::size_t session, std::size_t condition) {
    auto& state = states_[session * conditions_ + condition];
    if (state == State::open) state = State::hopeless;
  }
  bool open(std::size_t session, std::size_t condition) const {
    return states_[session * conditions_ + condition] == State::open;
  }
  WaitOutcome outcome() const noexcept;

 private:
  enum class State : std::uint8_t { open, held, hopeless };

  std::size_t conditions_;
  bool any_;
  std::vector<State> states_;
};

}  // namespace ptyd
