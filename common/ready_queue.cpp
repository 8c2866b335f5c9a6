#include "common/ready_queue.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr int kMostInATurn = 64;  // then the loop looks at what else there is

}  // namespace

asio::execution_context::id ReadyQueue::id;

ReadyQueue& ReadyQueue::of(const asio::any_io_executor& executor) {
  return asio::use_service<ReadyQueue>(asio::query(executor, asio::execution::context));
}

template <class T>
struct ReadyQueue::PostMemory {
  using value_type = T;
  explicit PostMemory(std::byte* own) noexcept : memory(own) {}
  template <class Other>
  PostMemory(const PostMemory<Other>& other) noexcept : memory(other.memory) {}
  T* allocate(std::size_t count) const noexcept {
    static_assert(sizeof(T) <= kPostBytes && alignof(T) <= alignof(std::max_align_t));
    static_cast<void>(count);  // the loop keeps a handler as one object
    return reinterpret_cast<T*>(memory);
  }
  void deallocate(T*, std::size_t) const noexcept {}
  template <class Other>
  bool operator==(const PostMemory<Other>& other) const noexcept {
    return memory == other.memory;
  }
  std::byte* memory;
};

ReadyQueue::ReadyQueue(asio::execution_context& context)
    : service(context), loop_(static_cast<asio::io_context&>(context)) {}

// The coroutines go, and with them what they hold, which may be events that others wait for.
void ReadyQueue::shutdown() {
  while (!waiting_.empty() || !ready_.empty()) {
    const Entries waiting = std::exchange(waiting_, {});
    const Entries ready = std::exchange(ready_, {});
  }
}

void ReadyQueue::add(const std::shared_ptr<Waiter>& waiter) {
  waiter->place_ = waiting_.insert(waiting_.end(), waiter);
}

void ReadyQueue::make_ready(Waiter& waiter, const asio::any_io_executor& executor) {
  if (!std::exchange(waiter.waits_, false)) return;
  ready_.splice(ready_.end(), waiting_, waiter.place_);
  if (!running_) post_run(executor);
}

void ReadyQueue::post_run(const asio::any_io_executor& executor) noexcept {
  if (std::exchange(posted_, true)) return;
  auto turn = [this, executor] {
    posted_ = false;
    run([] {}, executor);
  };
  asio::post(loop_.get_executor(), asio::bind_allocator(PostMemory<std::byte>(post_memory_.data()), std::move(turn)));
}

void ReadyQueue::go_on() {
  for (int left = kMostInATurn; left > 0 && !ready_.empty(); --left) {
    Entries one;
    one.splice(one.end(), ready_, ready_.begin());
    one.front()->resume();
  }
}

ReadyQueue::Turn::Turn(ReadyQueue& queue, const asio::any_io_executor& executor) noexcept
    : queue_(queue), executor_(executor) {
  queue_.running_ = true;
}

ReadyQueue::Turn::~Turn() {
  queue_.running_ = false;
  if (!queue_.ready_.empty()) queue_.post_run(executor_);
}

}  // namespace ptyd
