#include "daemon/hostlink/host_link.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <limits>
#include <new>

#include "common/check.hpp"
#include "common/log_exception.hpp"
#include "daemon/host/errors.hpp"
#include "daemon/hostwire/connect_host.hpp"
#include "daemon/hostlink/host_link_impl.hpp"

namespace ptyd {

namespace asio = boost::asio;
using host::MessageType;

namespace {

// Requests that may wait for an answer at a time.
constexpr std::size_t kMaxRequests = 256;

// How long a listener that had no memory is left in peace.
constexpr std::chrono::milliseconds kTellAgain{100};

Error bad_answer(const char* to) {
  return Error{errc::malformed, std::string("the session's host gave no proper answer to ") + to};
}

asio::awaitable<Result<host::HelloReply>> say_hello(std::shared_ptr<HostChannel> channel) {
  const host::Hello hello{host::kProtocolVersion, host::kProtocolVersion};
  if (const auto sent = channel->send(MessageType::hello, bytes_of(hello)); !sent) co_return sent.error();
  const auto answer = co_await channel->receive();
  if (!answer) co_return answer.error();
  host::HelloReply reply{};
  if (answer->type != MessageType::hello_reply || !decode(answer->body, reply)) co_return bad_answer("hello");
  if (reply.version != host::kProtocolVersion) {
    Error error{errc::unsupported_version, "the session's host speaks other versions of the host protocol"};
    error.have_from = reply.version_min;
    error.have_to = reply.version_max;
    error.hint = "it was started by another release of ptyd: use that release to end the session";
    co_return error;
  }
  if (reply.generation == ~std::uint64_t{0}) co_return bad_answer("hello");
  co_return reply;
}

// Makes us the daemon of this host: the one before is told that it no longer is.
asio::awaitable<Result<void>> take_over(std::shared_ptr<HostChannel> channel, std::uint64_t generation) {
  const host::Attach attach{generation};
  if (const auto sent = channel->send(MessageType::attach, bytes_of(attach)); !sent) co_return sent.error();
  const auto answer = co_await channel->receive();
  if (!answer) co_return answer.error();
  host::Attached attached{};
  if (answer->type == MessageType::attached && decode(answer->body, attached) && attached.generation == generation)
    co_return Result<void>{};
  host::Result result{};
  const bool failed = answer->type == MessageType::result && decode(answer->body, result);
  if (!failed && answer->type != MessageType::fenced) co_return bad_answer("attach");
  const int number = static_cast<int>(result.error & std::numeric_limits<int>::max());
  if (failed && number != host::kBusy) co_return os_error("take the session's host over", number);
  Error error{errc::busy, "another daemon has just taken this session over"};
  error.hint = "only one daemon can have a session: stop one of them";
  co_return error;
}

}  // namespace

HostLink::Impl::Impl(asio::any_io_executor ex, std::shared_ptr<HostChannel> open_channel, host::HelloReply said,
                     RingView mapped, UniqueHandle ring_file, std::shared_ptr<WakeSource> wake_source)
    : executor(ex),
      channel(std::move(open_channel)),
      hello(said),
      ring(std::move(mapped)),
      ring_handle(std::move(ring_file)),
      wake(std::move(wake_source)),
      host_ended(ex),
      tasks(ex, [](std::exception_ptr error) { log_exception("host link", error); }) {
  std::copy(std::begin(said.session_id), std::end(said.session_id), id.begin());
}

asio::awaitable<Result<HostConnection>> open_host(asio::any_io_executor executor, std::string socket_path,
                                                  std::chrono::milliseconds deadline) {
  auto socket = connect_host(socket_path);
  if (!socket) co_return socket.error();
  auto opened = HostChannel::open(executor, std::move(*socket));
  if (!opened) co_return opened.error();
  HostConnection host;
  host.channel = *opened;

  auto late = std::make_shared<bool>(false);
  asio::steady_timer timer(executor);
  timer.expires_after(deadline);
  const std::weak_ptr<HostChannel> weak = host.channel;
  timer.async_wait([late, weak](const boost::system::error_code& error) {
    const auto waiting = error ? nullptr : weak.lock();
    if (!waiting) return;
    *late = true;
    waiting->shut_down();
  });
  Error too_late{errc::unavailable, "the session's host at " + socket_path + " does not answer"};
  too_late.hint = "it may be stopped: look at its process";

  auto said = co_await say_hello(host.channel);
  if (*late) co_return too_late;
  if (!said) co_return said.error();
  ++said->generation;
  const auto taken = co_await take_over(host.channel, said->generation);
  if (*late) co_return too_late;
  if (!taken) co_return taken.error();
  timer.cancel();
  *late = false;

  host.hello = *said;
  host.ring = host.channel->take_handle();
  auto wake_handle = host.channel->take_handle();
  if (!host.ring || !wake_handle) co_return bad_answer("attach");
  auto wake = WakeSource::open(executor, std::move(wake_handle));
  if (!wake) co_return wake.error();
  host.wake = std::move(*wake);
  // Until the host has read this it goes on to use the other way. What can't be sent the link finds out for itself.
  if ((said->features & host::kFeatureWakeMessages) != 0)
    static_cast<void>(host.channel->send(MessageType::wake_by_message, {}));
  co_return std::move(host);
}

asio::awaitable<Result<std::unique_ptr<HostLink>>> HostLink::connect(asio::any_io_executor executor,
                                                                     std::string socket_path,
                                                                     std::chrono::milliseconds deadline) {
  auto host = co_await open_host(executor, socket_path, deadline);
  if (!host) co_return host.error();
  auto ring = RingView::map(host->ring);
  if (!ring) co_return ring.error();
  auto impl = std::make_unique<Impl>(executor, host->channel, host->hello, std::move(*ring), std::move(host->ring),
                                     std::move(host->wake));
  std::unique_ptr<HostLink> link(new HostLink(std::move(impl)));
  link->impl_->begin();
  co_return std::move(link);
}

Result<std::unique_ptr<HostLink>> HostLink::resume(asio::any_io_executor executor, HostLinkState state) {
  UniqueHandle ring_handle(state.ring);
  UniqueHandle wake_handle(state.wake);
  auto channel = HostChannel::resume(executor, std::move(state.channel));
  if (!channel) return channel.error();
  auto ring = RingView::map(ring_handle);
  if (!ring) return ring.error();
  auto wake = WakeSource::open(executor, std::move(wake_handle));
  if (!wake) return wake.error();
  auto impl = std::make_unique<Impl>(executor, std::move(*channel), state.hello, std::move(*ring),
                                     std::move(ring_handle), std::move(*wake));
  for (const auto type : state.awaited) impl->requests.push_back(std::make_shared<HostRequest>(executor, type));
  impl->lost = impl->news.lost = state.lost;
  impl->checkpoint.reset(state.checkpoint);
  impl->checkpoint_offset = state.checkpoint_offset;
  impl->checkpoint_size = state.checkpoint_size;
  impl->program_end = state.program_end;
  if (state.host_pid != 0) {
    Custody custody;
    custody.host.pid = state.host_pid;
    custody.host.handle.reset(state.host);
    custody.host.counts.reset(state.counts);
    custody.terminal.reset(state.terminal);
    custody.memory.reset(state.memory);
    custody.program.reset(state.program);
    impl->hold(std::move(custody));
  }
  std::unique_ptr<HostLink> link(new HostLink(std::move(impl)));
  if (!state.lost) link->impl_->begin();
  return link;
}

std::optional<HostLinkState> HostLink::state() {
  auto channel = impl_->channel->state();
  if (!channel) return std::nullopt;
  HostLinkState state;
  state.channel = std::move(*channel);
  state.ring = impl_->ring_handle.native();
  state.wake = impl_->wake->native();
  state.hello = impl_->hello;
  for (const auto& request : impl_->requests) state.awaited.push_back(request->type);
  state.lost = impl_->lost;
  state.checkpoint = impl_->checkpoint.native();
  state.checkpoint_offset = impl_->checkpoint_offset;
  state.checkpoint_size = impl_->checkpoint_size;
  state.program_end = impl_->program_end;
  if (impl_->custody) {
    const auto& custody = *impl_->custody;
    state.host_pid = custody.host.pid;
    state.host = custody.host.handle.native();
    state.counts = custody.host.counts.native();
    state.terminal = custody.terminal.native();
    state.memory = custody.memory.native();
    state.program = custody.program.native();
  }
  return state;
}

void HostLink::Impl::begin() {
  tasks.spawn(read_messages(channel));
  tasks.spawn(follow_wakes(wake));
  tasks.spawn(write_queue(channel));
}

asio::awaitable<void> HostLink::Impl::write_queue(std::shared_ptr<HostChannel> to) { co_await to->write_queue(); }

HostLink::HostLink(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HostLink::~HostLink() {
  if (!impl_->closed) Impl::abandon(std::move(impl_));
}

// For an owner that could not wait for close() because memory ran out. What can't even be joined is leaked: it may
// still be in use.
void HostLink::Impl::abandon(std::unique_ptr<Impl> impl) noexcept {
  auto* const raw = impl.get();
  const auto executor = raw->executor;
  try {
    raw->events = {};
    raw->closing = true;
    raw->channel->shut_down();
    raw->tasks.cancel();
    asio::co_spawn(executor, join(raw), [](std::exception_ptr) {});
  } catch (const std::bad_alloc&) {
    log_exception("host link", std::current_exception());
  }
  static_cast<void>(impl.release());
}

asio::awaitable<void> HostLink::Impl::join(Impl* impl) {
  co_await impl->tasks.join();
  impl->closed = true;
  delete impl;
}

void HostLink::start(HostEvents events) {
  PTYD_CHECK(!impl_->started);
  impl_->events = std::move(events);
  impl_->started = true;
  impl_->tasks.spawn(impl_->tell_backlog());
}

asio::awaitable<void> HostLink::close() {
  auto* const impl = impl_.get();
  if (impl->closed) co_return;
  impl->closing = true;
  impl->channel->shut_down();
  impl->drop_custody();
  impl->fail_requests(Error{errc::unavailable, "the daemon lets go of the session"});
  impl->host_ended.notify();
  for (auto* waiter : impl->waiting) waiter->notify();
  co_await impl->tasks.close();
  impl->wake.reset();  // a wait for it can keep the loop running
  impl->events = {};
  impl->closed = true;
}

RingView& HostLink::ring() noexcept { return impl_->ring; }
const SessionId& HostLink::session_id() const noexcept { return impl_->id; }
std::uint32_t HostLink::features() const noexcept { return impl_->hello.features; }
std::uint64_t HostLink::generation() const noexcept { return impl_->hello.generation; }
bool HostLink::lost() const noexcept { return impl_->lost; }

// ---------------------------------------------------------------- what the host tells

asio::awaitable<void> HostLink::Impl::read_messages(std::shared_ptr<HostChannel> from) {
  co_await asio::post(executor, asio::use_awaitable);
  while (!closing) {
    auto message = co_await from->receive();
    if (closing || from != channel) co_return;
    if (!message) {
      lose(message.error());
      co_return;
    }
    const bool understood = take(std::move(*message));
    if (understood && !fenced) continue;
    lose(fenced ? Error{errc::unavailable, "another daemon has taken this session over"}
                : Error{errc::unavailable, "the session's host does not speak its protocol"});
    co_return;
  }
}

asio::awaitable<void> HostLink::Impl::follow_wakes(std::shared_ptr<WakeSource> source) {
  for (;;) {
    const bool called = co_await source->wait();
    if (!called || closing) co_return;
    news.wake = true;
    tell_news();
  }
}

asio::awaitable<void> HostLink::Impl::tell_backlog() {
  co_await asio::post(executor, asio::use_awaitable);
  tell_news();
}

bool HostLink::Impl::take(HostMessage message) {
  switch (message.type) {
    case MessageType::hello_reply:
    case MessageType::attached: return false;
    case MessageType::result:
    case MessageType::status_reply:
    case MessageType::entrusted:
    case MessageType::blob: return take_answer(std::move(message));
    case MessageType::exited: news.exited = true; break;
    case MessageType::stream_end:
      news.stream_end = true;
      drop_custody();  // nothing more will come: the terminal may go
      break;
    case MessageType::input_gap: news.input_gap = true; break;
    case MessageType::fenced: fenced = true; break;
    case MessageType::wake: news.wake = true; break;
    default: break;  // something newer, not asked for
  }
  tell_news();
  return true;
}

bool HostLink::Impl::take_answer(HostMessage message) {
  if (requests.empty()) return false;
  const auto request = requests.front();
  if (message.type == MessageType::result) {
    host::Result result{};
    if (!decode(message.body, result) || result.request != static_cast<std::uint32_t>(request->type)) return false;
  } else if (message.type == MessageType::blob) {
    host::Blob blob{};
    if (request->type != MessageType::get || !decode(message.body, blob)) return false;
    if (blob.present != 0) request->handles.push_back(channel->take_handle());
  } else if (message.type == MessageType::entrusted) {
    host::Entrusted entrusted{};
    if (request->type != MessageType::custody || !decode(message.body, entrusted)) return false;
    const int count = entrusted.kept == 0 ? 0 : entrusted.process != 0 ? 3 : 2;
    for (int i = 0; i < count; ++i) request->handles.push_back(channel->take_handle());
  } else if (request->type != MessageType::status) {
    return false;
  }
  requests.pop_front();
  request->answer = std::move(message);
  request->done.notify();
  return true;
}

void HostLink::Impl::tell_news() {
  if (!started || closing) return;
  const auto on_lost = [this] {
    if (events.on_lost) events.on_lost(fenced);
  };
  const auto on_replaced = [this] {
    if (events.on_replaced) events.on_replaced(replaced);
  };
  bool told = tell(news.wake, events.on_wake);
  told = tell(news.exited, events.on_exited) && told;
  told = tell(news.stream_end, events.on_stream_end) && told;
  told = tell(news.input_gap, events.on_input_gap) && told;
  told = tell(news.replacing, events.on_replacing) && told;
  told = tell(news.replaced, on_replaced) && told;
  told = tell(news.lost, on_lost) && told;
  if (!told) tasks.spawn(tell_again());
}

// False: there was not memory enough, and it is still to be told.
bool HostLink::Impl::tell(bool& pending, const std::function<void()>& listener) {
  if (!std::exchange(pending, false) || !listener) return true;
  try {
    listener();
    return true;
  } catch (const std::bad_alloc&) {
    log_exception("host link", std::current_exception());
    pending = true;
    return false;
  }
}

asio::awaitable<void> HostLink::Impl::tell_again() {
  asio::steady_timer timer(executor);
  timer.expires_after(kTellAgain);
  const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!error) tell_news();
}

void HostLink::Impl::lose(const Error& why) {
  if (lost) return;
  channel->shut_down();
  connected = false;
  const Error error{errc::unavailable, why.message, why.hint};
  fail_requests(error);
  if (replacing) return;  // replace() sees it
  if (!fenced && !forgetting && started && replaceable()) {
    replacing = news.replacing = true;
    tasks.spawn(replace());
    return tell_news();
  }
  drop_custody();
  lost = news.lost = true;
  tell_news();
}

void HostLink::Impl::fail_requests(const Error& why) {
  for (const auto& request : std::exchange(requests, {})) {
    request->answer = why;
    request->done.notify();
  }
}

// ---------------------------------------------------------------- requests in general

Result<std::shared_ptr<HostRequest>> HostLink::Impl::ask(MessageType type, std::span<const std::byte> body,
                                                         UniqueHandle handle) {
  if (lost || closing || !connected) return Error{errc::unavailable, "the session's host is gone"};
  if (requests.size() >= kMaxRequests)
    return Error{errc::unavailable, "the session's host does not answer", "it may be stopped: look at its process"};
  if (const auto sent = channel->send(type, body, {}, std::move(handle)); !sent) return sent.error();
  auto request = std::make_shared<HostRequest>(executor, type);
  requests.push_back(request);
  return request;
}

asio::awaitable<Result<HostMessage>> await_answer(Result<std::shared_ptr<HostRequest>> asked) {
  if (!asked) co_return asked.error();
  const auto request = *asked;
  const auto deadline = std::chrono::steady_clock::now() + kAnswerLimit;
  if (!request->answer) {
    const bool in_time = co_await request->done.wait_until(deadline);
    if (!in_time && !request->answer)
      co_return Error{errc::unavailable, "the session's host does not answer",
                      "it may be stopped: look at its process"};
  }
  co_return std::move(*request->answer);
}

}  // namespace ptyd
