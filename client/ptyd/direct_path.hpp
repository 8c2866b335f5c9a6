// To a session's host without the daemon in between: its output is read where the host puts it, and typed to the host.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "daemon/hostwire/host_channel.hpp"
#include "daemon/hostwire/ring_view.hpp"

namespace ptyd {

// Who uses a direct path. Called from the loop, never from inside a call of it.
class DirectUser {
 public:
  // What was waited for has come, the right to type has changed, or the path has ended: look.
  virtual void direct_news() = 0;
  // Input on its way was not taken, or not all of it: it is to go another way, from what accepted() says on.
  virtual void direct_refused() = 0;
  // The answer to resize(), in order: the window has the size, by the right that `turn` names; or it is the daemon's to
  // decide, when that is nothing.
  virtual void direct_sized(std::optional<std::uint32_t> turn) = 0;

 protected:
  ~DirectUser() = default;
};

// What is allowed there is decided by the daemon and seen to by the host. Held by its user, and by its own loops while
// they run; shut_down() ends them. Thread: the executor's only.
class DirectPath : public std::enable_shared_from_this<DirectPath> {
 public:
  using Id = std::array<std::uint8_t, 16>;
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  // `token`: what the daemon has told, see v1::DirectReply. `stream`: the input stream of the attachment.
  // Errors: not_found, unavailable, permission_denied, malformed.
  static boost::asio::awaitable<Result<std::shared_ptr<DirectPath>>> join(boost::asio::any_io_executor executor,
                                                                          std::string host_socket, Id token, Id stream,
                                                                          std::chrono::milliseconds deadline);
  void use(std::weak_ptr<DirectUser> user);
  void shut_down() noexcept;
  bool open() const noexcept { return open_; }
  const Id& token() const noexcept { return token_; }

  std::uint64_t head() const noexcept { return ring_.head(); }
  // How much may be unread before the daemon has to hear how far the reader is.
  std::uint64_t progress_step() const noexcept;
  // Output [offset, offset + max) that there is; nothing when it is gone already.
  std::optional<std::string> read(std::uint64_t offset, std::size_t max) const;
  // News when there is output beyond `head`, or `accepted` bytes of the input were taken.
  void wake_at(std::uint64_t head, std::uint64_t accepted);

  bool may_type() const noexcept { return open_ && may_type_; }
  // At most host::kMaxGuestInput bytes. Also as wake_at(). False: nothing was sent.
  bool type(std::uint64_t offset, std::string_view data, std::uint64_t head);
  // Has the host set the window's size, if it may. False: nothing was sent.
  bool resize(const host::Resize& size);
  // Bytes of the input that the host has taken.
  std::uint64_t accepted() const noexcept;

 private:
  DirectPath(boost::asio::any_io_executor executor, std::shared_ptr<HostChannel> channel, RingView ring, Id token,
             Id stream, bool may_type, bool knows_sizes);

  boost::asio::awaitable<void> read_messages();
  boost::asio::awaitable<void> write_queue();
  void end();
  // False: the host broke the protocol.
  bool take(const HostMessage& message);

  boost::asio::any_io_executor executor_;
  std::shared_ptr<HostChannel> channel_;
  RingView ring_;
  Id token_;
  Id stream_;
  bool may_type_;
  bool knows_sizes_;
  bool open_ = true;
  std::weak_ptr<DirectUser> user_;
  std::optional<host::Arm> armed_;  // what the host will tell
};

}  // namespace ptyd
