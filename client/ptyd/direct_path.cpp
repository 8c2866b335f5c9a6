#include "client/ptyd/direct_path.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <span>
#include <utility>

#include "daemon/hostwire/connect_host.hpp"

namespace ptyd {

namespace asio = boost::asio;
using host::MessageType;

namespace {

constexpr std::uint64_t kProgressStep = 256 * 1024;

Error broken(const char* to) {
  return Error{errc::malformed, std::string("the session's host gave no proper answer to ") + to};
}

struct Entrance {
  UniqueHandle ring;
  bool may_type = false;
  bool knows_sizes = false;
};

asio::awaitable<Result<Entrance>> enter(std::shared_ptr<HostChannel> channel, DirectPath::Id token) {
  const host::Hello hello{host::kProtocolVersion, host::kProtocolVersion};
  host::Join join{};
  std::copy(token.begin(), token.end(), std::begin(join.token));
  if (const auto sent = channel->send(MessageType::hello, bytes_of(hello)); !sent) co_return sent.error();
  if (const auto sent = channel->send(MessageType::join, bytes_of(join)); !sent) co_return sent.error();
  const auto said = co_await channel->receive();
  if (!said) co_return said.error();
  host::HelloReply reply{};
  if (said->type != MessageType::hello_reply || !decode(said->body, reply) || reply.version != host::kProtocolVersion)
    co_return broken("hello");
  const auto answer = co_await channel->receive();
  if (!answer) co_return answer.error();
  if (answer->type == MessageType::result)
    co_return Error{errc::permission_denied, "the session's host lets this client not in"};
  host::Joined joined{};
  if (answer->type != MessageType::joined || !decode(answer->body, joined)) co_return broken("join");
  Entrance entrance;
  entrance.ring = channel->take_handle();
  entrance.may_type = joined.may_type != 0;
  entrance.knows_sizes = (reply.features & host::kFeatureGuestSizes) != 0;
  if (!entrance.ring) co_return broken("join");
  co_return std::move(entrance);
}

bool same(const host::Arm& one, const host::Arm& other) noexcept {
  return one.head == other.head && one.accepted == other.accepted;
}

}  // namespace

DirectPath::DirectPath(asio::any_io_executor executor, std::shared_ptr<HostChannel> channel, RingView ring, Id token,
                       Id stream, bool may_type, bool knows_sizes)
    : executor_(executor),
      channel_(std::move(channel)),
      ring_(std::move(ring)),
      token_(token),
      stream_(stream),
      may_type_(may_type),
      knows_sizes_(knows_sizes) {}

asio::awaitable<Result<std::shared_ptr<DirectPath>>> DirectPath::join(asio::any_io_executor executor,
                                                                      std::string host_socket, Id token, Id stream,
                                                                      std::chrono::milliseconds deadline) {
  auto socket = connect_host(host_socket);
  if (!socket) co_return socket.error();
  auto opened = HostChannel::open(executor, std::move(*socket));
  if (!opened) co_return opened.error();
  const auto channel = *opened;
  asio::steady_timer timer(executor);
  timer.expires_after(deadline);
  const std::weak_ptr<HostChannel> weak = channel;
  timer.async_wait([weak](const boost::system::error_code& error) {
    if (const auto waiting = error ? nullptr : weak.lock()) waiting->shut_down();
  });
  const auto entrance = co_await enter(channel, token);
  timer.cancel();
  if (!entrance) co_return entrance.error();
  auto ring = RingView::map(entrance->ring, RingAccess::read);
  if (!ring) co_return ring.error();
  co_return std::shared_ptr<DirectPath>(
      new DirectPath(executor, channel, std::move(*ring), token, stream, entrance->may_type, entrance->knows_sizes));
}

void DirectPath::use(std::weak_ptr<DirectUser> user) {
  user_ = std::move(user);
  const auto ended = [self = shared_from_this()](const std::exception_ptr& error) {
    if (error) self->end();
  };
  asio::co_spawn(executor_, read_messages(), ended);
  asio::co_spawn(executor_, write_queue(), ended);
}

void DirectPath::shut_down() noexcept {
  open_ = false;
  channel_->shut_down();
}

std::uint64_t DirectPath::progress_step() const noexcept { return std::min(kProgressStep, ring_.capacity() / 8); }

// The host may be overwriting it at this moment: whoever is as slow as that finds out afterwards.
std::optional<std::string> DirectPath::read(std::uint64_t offset, std::size_t max) const {
  if (offset < ring_.oldest()) return std::nullopt;
  const auto spans = ring_.read(offset, max);
  std::string bytes;
  bytes.reserve(spans.size());
  for (const auto part : {spans.first, spans.second})
    bytes.append(static_cast<const char*>(static_cast<const void*>(part.data())), part.size());
  std::atomic_thread_fence(std::memory_order_acquire);
  if (offset < ring_.oldest()) return std::nullopt;
  return bytes;
}

void DirectPath::wake_at(std::uint64_t head, std::uint64_t accepted) {
  const host::Arm arm{head, accepted};
  if (!open_ || (armed_ && same(*armed_, arm))) return;
  // What can't be sent is found out by the loop that reads.
  if (channel_->send(MessageType::arm, bytes_of(arm))) armed_ = arm;
}

bool DirectPath::type(std::uint64_t offset, std::string_view data, std::uint64_t head) {
  const host::GuestInput input{offset, {head, kNever}};
  const auto bytes = std::as_bytes(std::span(data.data(), data.size()));
  if (!may_type() || !channel_->send(MessageType::guest_input, bytes_of(input), bytes)) return false;
  armed_ = input.arm;
  return true;
}

bool DirectPath::resize(const host::Resize& size) {
  return open_ && knows_sizes_ && channel_->send(MessageType::guest_resize, bytes_of(size)).has_value();
}

std::uint64_t DirectPath::accepted() const noexcept {
  std::uint64_t accepted = 0;
  return ring_.input_stream(stream_, accepted) ? accepted : 0;
}

asio::awaitable<void> DirectPath::write_queue() {
  const auto self = shared_from_this();
  co_await channel_->write_queue();
}

asio::awaitable<void> DirectPath::read_messages() {
  const auto self = shared_from_this();
  while (open_) {
    const auto message = co_await channel_->receive();
    if (!open_) co_return;
    if (!message || !take(*message)) end();
  }
}

void DirectPath::end() {
  shut_down();
  if (const auto user = user_.lock()) user->direct_news();
}

bool DirectPath::take(const HostMessage& message) {
  const auto user = user_.lock();
  if (!user) return false;
  switch (message.type) {
    case MessageType::wake: armed_.reset(); break;
    case MessageType::gate: {
      host::Gate gate{};
      if (!decode(message.body, gate)) return false;
      may_type_ = gate.may_type != 0;
      break;
    }
    case MessageType::input_gap: user->direct_refused(); return true;
    case MessageType::sized: {
      host::Sized sized{};
      if (!decode(message.body, sized)) return false;
      user->direct_sized(sized.set != 0 ? std::optional(sized.turn) : std::nullopt);
      return true;
    }
    default: return true;  // something newer
  }
  user->direct_news();
  return true;
}

}  // namespace ptyd
