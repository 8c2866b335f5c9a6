#include "tests/simulation/fiber.hpp"

#include <ucontext.h>

#include <array>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define PTYD_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PTYD_ASAN 1
#endif
#endif
#ifdef PTYD_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace ptyd::simulation {

namespace {

Fiber* running = nullptr;

}  // namespace

struct Fiber::Context {
  static constexpr std::size_t kStack = 256 * 1024;
  ucontext_t outside{};
  ucontext_t inside{};
  std::array<char, kStack> stack;
  const void* outside_stack = nullptr;
  std::size_t outside_bytes = 0;
  void* outside_fake = nullptr;
};

Fiber::Fiber() : context_(new Context) {}
Fiber::~Fiber() { kill(); }

void Fiber::start(std::function<void()> entry) {
  entry_ = std::move(entry);
#ifdef PTYD_ASAN
  __asan_unpoison_memory_region(context_->stack.data(), Context::kStack);
#endif
  ::getcontext(&context_->inside);
  context_->inside.uc_stack.ss_sp = context_->stack.data();
  context_->inside.uc_stack.ss_size = Context::kStack;
  context_->inside.uc_link = nullptr;
  ::makecontext(&context_->inside, &Fiber::enter, 0);
  alive_ = true;
}

bool Fiber::run(unsigned steps) {
  if (!alive_ || steps == 0) return alive_;
  left_ = steps;
  running = this;
#ifdef PTYD_ASAN
  void* fake = nullptr;
  __sanitizer_start_switch_fiber(&fake, context_->stack.data(), Context::kStack);
#endif
  ::swapcontext(&context_->outside, &context_->inside);
#ifdef PTYD_ASAN
  __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#endif
  running = nullptr;
  return alive_;
}

void Fiber::kill() noexcept {
  alive_ = false;
  entry_ = nullptr;
}

void Fiber::enter() {
#ifdef PTYD_ASAN
  auto& context = *running->context_;
  __sanitizer_finish_switch_fiber(nullptr, &context.outside_stack, &context.outside_bytes);
#endif
  running->entry_();
  running->alive_ = false;
  leave();
}

void Fiber::leave() noexcept {
  auto& context = *running->context_;
#ifdef PTYD_ASAN
  void* fake = nullptr;
  __sanitizer_start_switch_fiber(&fake, context.outside_stack, context.outside_bytes);
#endif
  ::swapcontext(&context.inside, &context.outside);
#ifdef PTYD_ASAN
  __sanitizer_finish_switch_fiber(fake, &context.outside_stack, &context.outside_bytes);
#endif
}

void Fiber::step() noexcept {
  if (running != nullptr && --running->left_ == 0) leave();
}

void Fiber::pause() noexcept {
  if (running != nullptr) leave();
}

}  // namespace ptyd::simulation
