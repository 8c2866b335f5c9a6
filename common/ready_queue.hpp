// Coroutines that can go on: all of them do in one turn of the loop.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <list>
#include <memory>

namespace ptyd {

// One for each loop, which is an io_context, and owned by it. Waking a coroutine through the loop is a call of the
// system on Windows; here a chain of them, each of which wakes the next, costs one such call or none. Thread: the
// loop's only.
class ReadyQueue : public boost::asio::execution_context::service {
 public:
  class Waiter;
  using Entries = std::list<std::shared_ptr<Waiter>>;
  using Entry = Entries::iterator;

  // What waits, as it is to go on.
  class Waiter {
   public:
    Waiter() = default;
    virtual ~Waiter() = default;
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    // Once.
    virtual void resume() = 0;

   private:
    friend class ReadyQueue;
    Entry place_;
    bool waits_ = true;
  };

  static ReadyQueue& of(const boost::asio::any_io_executor& executor);
  explicit ReadyQueue(boost::asio::execution_context& context);
  static boost::asio::execution_context::id id;

  // Kept until it has gone on, or the loop is gone.
  void add(const std::shared_ptr<Waiter>& waiter);
  // It goes on soon: in run(), or in a turn of the loop of its own. Once is enough.
  void make_ready(Waiter& waiter, const boost::asio::any_io_executor& executor);
  // Does `first`, after which those that are ready go on at once, and those that they make ready. Only from a handler
  // that the loop has called, with nothing of a coroutine below it.
  template <class First>
  void run(First first, const boost::asio::any_io_executor& executor) {
    if (running_) return first();
    const Turn turn(*this, executor);
    first();
    go_on();
  }

 private:
  // When one of those that go on throws, the rest goes on in another turn.
  class Turn {
   public:
    Turn(ReadyQueue& queue, const boost::asio::any_io_executor& executor) noexcept;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

   private:
    ReadyQueue& queue_;
    const boost::asio::any_io_executor& executor_;
  };

  void shutdown() override;
  void go_on();
  void post_run(const boost::asio::any_io_executor& executor) noexcept;

  // Of the one handler that is posted at a time: whoever is ready goes on also where no memory is left.
  template <class T>
  struct PostMemory;
  static constexpr std::size_t kPostBytes = 256;

  boost::asio::io_context& loop_;
  alignas(std::max_align_t) std::array<std::byte, kPostBytes> post_memory_{};
  Entries waiting_;
  Entries ready_;
  bool posted_ = false;
  bool running_ = false;
};

}  // namespace ptyd
