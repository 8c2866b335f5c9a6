// The host's thread of execution: it runs until it is told to stop at one of its steps, goes on from there, or never
// does, which is how SIGKILL looks to everybody else.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace ptyd::simulation {

// One at a time in a process. What runs in it owns nothing but what its kernel knows of: on its death nothing is undone.
class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // A new one, in place of what ran before.
  void start(std::function<void()> entry);
  // At most so many steps. False: it has ended.
  bool run(unsigned steps);
  void kill() noexcept;
  bool alive() const noexcept { return alive_; }

  // In it. Elsewhere nothing happens.
  static void step() noexcept;
  static void pause() noexcept;  // nothing to do for now

 private:
  struct Context;
  static void enter();
  static void leave() noexcept;

  std::unique_ptr<Context> context_;
  std::function<void()> entry_;
  bool alive_ = false;
  unsigned left_ = 0;
};

}  // namespace ptyd::simulation
