#include "daemon/host/rules.hpp"

namespace ptyd::host {

namespace {

struct Rule {
  MessageType type;
  std::uint32_t min_size;
  std::uint32_t max_size;
  bool by_daemon;        // only after attach
  bool with_descriptor;  // on systems where that is part of the size
};

constexpr Rule kRules[] = {
    {MessageType::hello, sizeof(Hello), sizeof(Hello), false, false},
    {MessageType::attach, sizeof(Attach), sizeof(Attach), false, false},
    {MessageType::input, sizeof(Input), sizeof(Input) + kMaxPayload, true, false},
    {MessageType::credit, 0, 0, true, false},
    {MessageType::resize, sizeof(Resize), sizeof(Resize), true, false},
    {MessageType::signal, sizeof(Signal), sizeof(Signal), true, false},
    {MessageType::status, 0, 0, false, false},
    {MessageType::put, sizeof(Blob), sizeof(Blob), true, true},
    {MessageType::get, sizeof(Blob), sizeof(Blob), false, false},
    {MessageType::forget, 0, 0, true, false},
    {MessageType::terminate, 0, 0, true, false},
    {MessageType::skip, sizeof(Skip), sizeof(Skip), true, false},
    {MessageType::custody, 0, 0, true, false},
    {MessageType::program_ended, sizeof(ProgramEnded), sizeof(ProgramEnded), true, false},
    {MessageType::wake_by_message, 0, 0, true, false},
};

}  // namespace

bool allowed(const MessageHeader& message, const Standing& standing) noexcept {
  const auto type = static_cast<MessageType>(message.type);
  if (standing.greeted == (type == MessageType::hello)) return false;
  for (const Rule& rule : kRules) {
    if (rule.type != type) continue;
    const std::uint32_t more = rule.with_descriptor ? standing.bytes_of_descriptor : 0;
    return message.size >= rule.min_size + more && message.size <= rule.max_size + more &&
           (!rule.by_daemon || standing.attached);
  }
  return false;
}

}  // namespace ptyd::host
