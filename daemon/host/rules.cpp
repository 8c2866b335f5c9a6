#include "daemon/host/rules.hpp"

namespace ptyd::host {

namespace {

struct Rule {
  MessageType type;
  std::uint32_t min_size;
  std::uint32_t max_size;
  enum class From { anybody, daemon, guest } from;
  bool with_descriptor;  // on systems where that is part of the size
};

using From = Rule::From;

constexpr Rule kRules[] = {
    {MessageType::hello, sizeof(Hello), sizeof(Hello), From::anybody, false},
    {MessageType::attach, sizeof(Attach), sizeof(Attach), From::anybody, false},
    {MessageType::input, sizeof(Input), sizeof(Input) + kMaxPayload, From::daemon, false},
    {MessageType::credit, 0, 0, From::daemon, false},
    {MessageType::resize, sizeof(Resize), sizeof(Resize), From::daemon, false},
    {MessageType::signal, sizeof(Signal), sizeof(Signal), From::daemon, false},
    {MessageType::status, 0, 0, From::anybody, false},
    {MessageType::put, sizeof(Blob), sizeof(Blob), From::daemon, true},
    {MessageType::get, sizeof(Blob), sizeof(Blob), From::anybody, false},
    {MessageType::forget, 0, 0, From::daemon, false},
    {MessageType::terminate, 0, 0, From::daemon, false},
    {MessageType::skip, sizeof(Skip), sizeof(Skip), From::daemon, false},
    {MessageType::custody, 0, 0, From::daemon, false},
    {MessageType::program_ended, sizeof(ProgramEnded), sizeof(ProgramEnded), From::daemon, false},
    {MessageType::wake_by_message, 0, 0, From::daemon, false},
    {MessageType::grant, sizeof(Grant), sizeof(Grant), From::daemon, false},
    {MessageType::close_gates, 0, 0, From::daemon, false},
    {MessageType::join, sizeof(Join), sizeof(Join), From::anybody, false},
    {MessageType::arm, sizeof(Arm), sizeof(Arm), From::guest, false},
    {MessageType::guest_resize, sizeof(Resize), sizeof(Resize), From::guest, false},
    {MessageType::guest_input, sizeof(GuestInput) + 1, sizeof(GuestInput) + kMaxGuestInput, From::guest, false},
};

// A guest stays a guest.
bool may_send(From from, const Standing& standing) noexcept {
  switch (from) {
    case From::anybody: return !standing.guest;
    case From::daemon: return standing.attached;
    case From::guest: return standing.guest;
  }
  return false;
}

}  // namespace

bool allowed(const MessageHeader& message, const Standing& standing) noexcept {
  const auto type = static_cast<MessageType>(message.type);
  if (standing.greeted == (type == MessageType::hello)) return false;
  for (const Rule& rule : kRules) {
    if (rule.type != type) continue;
    const std::uint32_t more = rule.with_descriptor ? standing.bytes_of_descriptor : 0;
    return message.size >= rule.min_size + more && message.size <= rule.max_size + more &&
           may_send(rule.from, standing);
  }
  return false;
}

}  // namespace ptyd::host
