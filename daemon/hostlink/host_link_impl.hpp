// What a HostLink is made of. Private to this folder.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/async_event.hpp"
#include "common/task_group.hpp"
#include "daemon/hostlink/host_channel.hpp"
#include "daemon/hostlink/host_link.hpp"
#include "daemon/hostlink/wake_source.hpp"

namespace ptyd {

// How long a host may take to answer.
inline constexpr std::chrono::seconds kAnswerLimit{5};

// A request that waits for its answer. Shared with the coroutine that asked, which may be gone when the answer
// comes; the place in the order stays.
struct HostRequest {
  HostRequest(boost::asio::any_io_executor executor, host::MessageType asked) : type(asked), done(executor) {}

  host::MessageType type;
  AsyncEvent done;
  std::optional<Result<HostMessage>> answer;
  UniqueHandle handle;  // came with the answer
};

// Waits for the answer. Errors: unavailable when there is none in time.
boost::asio::awaitable<Result<HostMessage>> await_answer(Result<std::shared_ptr<HostRequest>> asked);

struct HostLink::Impl {
  Impl(boost::asio::any_io_executor executor, std::shared_ptr<HostChannel> open_channel, host::HelloReply said,
       RingView mapped, UniqueHandle ring_file, std::unique_ptr<WakeSource> wake_source);

  void begin();
  static void abandon(std::unique_ptr<Impl> impl) noexcept;
  static boost::asio::awaitable<void> join(Impl* impl);
  Result<std::shared_ptr<HostRequest>> ask(host::MessageType type, std::span<const std::byte> body,
                                           UniqueHandle handle = {});
  boost::asio::awaitable<void> read_messages();
  boost::asio::awaitable<void> follow_wakes();
  boost::asio::awaitable<void> tell_backlog();

  // False: the host broke the protocol.
  bool take(HostMessage message);
  bool take_answer(HostMessage message);
  void tell_news();
  static bool tell(bool& pending, const std::function<void()>& listener);
  boost::asio::awaitable<void> tell_again();
  void lose(const Error& why);

  // What came and was not told yet: before start() nobody listens.
  struct News {
    bool wake = false;
    bool exited = false;
    bool stream_end = false;
    bool input_gap = false;
    bool lost = false;
  };

  boost::asio::any_io_executor executor;
  std::shared_ptr<HostChannel> channel;
  host::HelloReply hello;
  SessionId id{};
  RingView ring;
  UniqueHandle ring_handle;  // for the program after this one
  std::unique_ptr<WakeSource> wake;
  HostEvents events;
  bool started = false;
  bool closing = false;
  bool closed = false;
  bool lost = false;
  bool fenced = false;
  News news;
  std::deque<std::shared_ptr<HostRequest>> requests;
  TaskGroup tasks;
};

}  // namespace ptyd
