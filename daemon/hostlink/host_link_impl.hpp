// What a HostLink is made of. Private to this folder.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/async_event.hpp"
#include "common/small_deque.hpp"
#include "common/task_group.hpp"
#include "daemon/hostlink/custody.hpp"
#include "daemon/hostwire/host_channel.hpp"
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
  std::vector<UniqueHandle> handles;  // came with the answer
};

// What a host that was just attached to has said and given.
struct HostConnection {
  std::shared_ptr<HostChannel> channel;
  host::HelloReply hello{};
  UniqueHandle ring;
  std::shared_ptr<WakeSource> wake;
};
// Errors: as HostLink::connect().
boost::asio::awaitable<Result<HostConnection>> open_host(boost::asio::any_io_executor executor, std::string socket_path,
                                                         std::chrono::milliseconds deadline);

// Waits for the answer. Errors: unavailable when there is none in time.
boost::asio::awaitable<Result<HostMessage>> await_answer(Result<std::shared_ptr<HostRequest>> asked);

struct HostLink::Impl {
  Impl(boost::asio::any_io_executor executor, std::shared_ptr<HostChannel> open_channel, host::HelloReply said,
       RingView mapped, UniqueHandle ring_file, std::shared_ptr<WakeSource> wake_source);

  void begin();
  boost::asio::awaitable<void> write_queue(std::shared_ptr<HostChannel> to);
  static void abandon(std::unique_ptr<Impl> impl) noexcept;
  static boost::asio::awaitable<void> join(Impl* impl);
  Result<std::shared_ptr<HostRequest>> ask(host::MessageType type, std::span<const std::byte> body,
                                           UniqueHandle handle = {});
  boost::asio::awaitable<void> read_messages(std::shared_ptr<HostChannel> from);
  boost::asio::awaitable<void> follow_wakes(std::shared_ptr<WakeSource> source);
  boost::asio::awaitable<void> tell_backlog();

  // False: the host broke the protocol.
  bool take(HostMessage message);
  bool take_answer(HostMessage message);
  void tell_news();
  static bool tell(bool& pending, const std::function<void()>& listener);
  boost::asio::awaitable<void> tell_again();
  void lose(const Error& why);
  void fail_requests(const Error& why);

  // ---- another host
  void remember_checkpoint(const UniqueHandle& content, std::uint64_t offset, std::uint64_t size);
  bool replaceable() const noexcept;
  // held: another host can go on. refused: none can, and this one goes on. gone: it was not asked, or is dead.
  enum class CustodyEnd { held, refused, gone };
  boost::asio::awaitable<CustodyEnd> take_custody();
  void hold(Custody taken);
  void drop_custody() noexcept;
  void on_host_end();
  void on_program_end(int status);
  void tell_program_end();
  boost::asio::awaitable<void> replace();
  boost::asio::awaitable<void> wait_for_death();
  boost::asio::awaitable<Result<HostReplaced>> start_another();
  boost::asio::awaitable<Result<host::TakenOver>> spawn_another();
  boost::asio::awaitable<bool> join_another(const host::TakenOver& taken);
  bool worth_another() noexcept;
  std::string takeover_spec(std::uint64_t record_size) const;
  // Waits for the end of a replacement. Errors: the host is lost.
  boost::asio::awaitable<Result<void>> until_there();

  // What came and was not told yet: before start() nobody listens.
  struct News {
    bool wake = false;
    bool exited = false;
    bool stream_end = false;
    bool input_gap = false;
    bool lost = false;
    bool replacing = false;
    bool replaced = false;
  };

  boost::asio::any_io_executor executor;
  std::shared_ptr<HostChannel> channel;
  host::HelloReply hello;
  SessionId id{};
  RingView ring;
  UniqueHandle ring_handle;  // for the program after this one
  std::shared_ptr<WakeSource> wake;
  HostEvents events;
  bool started = false;
  bool closing = false;
  bool closed = false;
  bool lost = false;
  bool fenced = false;
  News news;
  SmallDeque<std::shared_ptr<HostRequest>> requests;

  std::string host_program;  // empty: nobody takes over
  std::string socket_path;
  std::optional<Custody> custody;
  ChildClaim program_claim;
  std::optional<host::ProgramEnded> program_end;  // of a program whose host had died
  bool host_dead = false;                         // that `custody` is of
  std::optional<ProcessCounts> last_counts;       // of it, if it was our child
  AsyncEvent host_ended;
  bool replacing = false;
  bool connected = true;  // the newest channel is in use
  bool forgetting = false;
  std::vector<AsyncEvent*> waiting;  // for the end of a replacement
  HostReplaced replaced;
  unsigned barren = 0;  // hosts in a row that died soon, and without having moved a byte
  std::uint64_t moved = 0;
  std::chrono::steady_clock::time_point joined_at{};
  UniqueHandle checkpoint;  // what was kept last, for the next host
  std::uint64_t checkpoint_offset = 0;
  std::uint64_t checkpoint_size = 0;
  TaskGroup tasks;
};

}  // namespace ptyd
