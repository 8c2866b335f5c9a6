#include "daemon/hostwire/host_channel.hpp"

#include <cstring>

namespace ptyd {

Error HostChannel::gone(const std::string& why) {
  return Error{errc::unavailable, "the session's host is gone: " + why};
}

Error HostChannel::broken(const std::string& why) {
  return Error{errc::malformed, "the session's host does not speak its protocol: " + why};
}

Result<std::optional<HostMessage>> HostChannel::take_message(std::string& received) {
  host::MessageHeader header{};
  if (received.size() < sizeof header) return std::optional<HostMessage>();
  std::memcpy(&header, received.data(), sizeof header);
  if (header.size > host::kMaxMessage) return broken("a message is too long");
  if (received.size() < sizeof header + header.size) return std::optional<HostMessage>();
  HostMessage message;
  message.type = static_cast<host::MessageType>(header.type);
  message.body = received.substr(sizeof header, header.size);
  received.erase(0, sizeof header + header.size);
  return std::optional(std::move(message));
}

}  // namespace ptyd
