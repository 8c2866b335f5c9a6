#include "daemon/core/command_log.hpp"

#include <algorithm>
#include <utility>

#include "common/bytes.hpp"

namespace ptyd {

namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::string_view kTrailer = "ptyd commands\n";
constexpr std::size_t kSizeBytes = 8;
constexpr std::size_t kMaxFolder = 4096;

bool take_short_text(std::string_view& in, std::string& text, std::size_t most) {
  std::string_view taken;
  if (!take_text(in, taken) || taken.size() > most) return false;
  text = taken;
  return true;
}

// Flags of a saved command.
constexpr std::uint64_t kRunning = 1;
constexpr std::uint64_t kHasCode = 2;
constexpr std::uint64_t kHasFolder = 4;
constexpr std::uint64_t kSameFolder = 8;

}  // namespace

void CommandLog::note(CommandMark mark) {
  if (mark.end <= seen_) return;
  seen_ = mark.end;
  end_running(mark);
  if (mark.kind == CommandMark::Kind::started) start(mark);
}

void CommandLog::end_running(const CommandMark& mark) {
  if (commands_.empty() || !commands_.back().running) return;
  auto& command = commands_.back();
  command.running = false;
  command.to = std::max(mark.begin, command.from);
  command.ended_ms = mark.at_ms;
  if (mark.kind == CommandMark::Kind::ended) command.exit_code = mark.exit_code;
}

void CommandLog::start(CommandMark& mark) {
  // Those that nobody saw count as well.
  count_ = std::max(count_, mark.ended_before) + 1;
  LoggedCommand command;
  command.number = count_;
  command.text = std::move(mark.text);
  command.from = mark.end;
  command.started_ms = mark.at_ms;
  command.cwd = std::move(mark.cwd);
  add(std::move(command));
}

std::size_t CommandLog::cost(const LoggedCommand& command, const LoggedCommand* before) {
  const bool shared = before != nullptr && before->cwd == command.cwd;
  return command.text.size() + (command.cwd && !shared ? command.cwd->size() : 0);
}

void CommandLog::add(LoggedCommand command) {
  bytes_ += cost(command, commands_.empty() ? nullptr : &commands_.back());
  commands_.push_back(std::move(command));
  while (commands_.size() > kMost || (bytes_ > kMaxTexts && commands_.size() > 1)) forget_oldest();
}

// What the oldest one paid for the folder is the next one's then.
void CommandLog::forget_oldest() {
  auto& next = commands_[1];
  bytes_ -= cost(commands_.front(), nullptr) + cost(next, &commands_.front());
  bytes_ += cost(next, nullptr);
  commands_.pop_front();
}

std::string CommandLog::save() const {
  std::string out;
  append_varint(out, kVersion);
  append_varint(out, count_);
  append_varint(out, seen_);
  append_varint(out, commands_.size());
  const std::string* folder = nullptr;
  for (const auto& command : commands_) {
    const auto* const own = command.cwd.get();
    std::uint64_t flags = (command.running ? kRunning : 0) | (command.exit_code ? kHasCode : 0);
    if (own != nullptr) flags |= own == folder ? kSameFolder : kHasFolder;
    append_varint(out, flags);
    append_varint(out, command.number);
    append_varint(out, command.from);
    append_varint(out, command.to);
    append_varint(out, command.started_ms);
    append_varint(out, command.ended_ms);
    if (command.exit_code) append_varint(out, static_cast<std::uint32_t>(*command.exit_code));
    append_text(out, command.text);
    if ((flags & kHasFolder) != 0) append_text(out, *own);
    if (own != nullptr) folder = own;
  }
  return out;
}

std::optional<CommandLog> CommandLog::load(std::string_view bytes) {
  CommandLog log;
  std::uint64_t version = 0;
  std::uint64_t count = 0;
  if (!take_varint(bytes, version) || version != kVersion || !take_varint(bytes, log.count_) ||
      !take_varint(bytes, log.seen_))
    return {};
  if (!take_varint(bytes, count) || count > kMost) return {};
  std::shared_ptr<const std::string> folder;
  std::uint64_t before = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    LoggedCommand command;
    std::uint64_t flags = 0;
    std::uint64_t code = 0;
    if (!take_varint(bytes, flags) || !take_varint(bytes, command.number) || !take_varint(bytes, command.from) ||
        !take_varint(bytes, command.to) || !take_varint(bytes, command.started_ms) ||
        !take_varint(bytes, command.ended_ms))
      return {};
    if ((flags & kHasCode) != 0 && !take_varint(bytes, code)) return {};
    if (!take_short_text(bytes, command.text, kMaxText)) return {};
    if ((flags & kHasFolder) != 0) {
      std::string text;
      if (!take_short_text(bytes, text, kMaxFolder)) return {};
      folder = std::make_shared<const std::string>(std::move(text));
    }
    command.running = (flags & kRunning) != 0;
    if ((flags & kHasCode) != 0) command.exit_code = static_cast<std::int32_t>(static_cast<std::uint32_t>(code));
    if ((flags & (kHasFolder | kSameFolder)) != 0) command.cwd = folder;
    // Numbers go up, and only the newest may run.
    if (command.number <= before || command.number > log.count_ || (command.running && i + 1 != count)) return {};
    before = command.number;
    log.add(std::move(command));
  }
  if (!bytes.empty()) return {};
  return log;
}

std::string with_log(std::string checkpoint, const CommandLog& log) {
  const auto saved = log.save();
  checkpoint += saved;
  for (std::size_t i = 0; i < kSizeBytes; ++i) checkpoint += static_cast<char>(saved.size() >> (8 * i));
  checkpoint += kTrailer;
  return checkpoint;
}

std::optional<CommandLog> take_log(std::string& checkpoint) {
  const std::string_view bytes = checkpoint;
  if (!bytes.ends_with(kTrailer) || bytes.size() < kTrailer.size() + kSizeBytes) return std::nullopt;
  const auto end = bytes.size() - kTrailer.size() - kSizeBytes;
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < kSizeBytes; ++i)
    size |= std::uint64_t{static_cast<unsigned char>(bytes[end + i])} << (8 * i);
  if (size > end) return std::nullopt;
  const auto begin = end - static_cast<std::size_t>(size);
  auto log = CommandLog::load(bytes.substr(begin, static_cast<std::size_t>(size)));
  if (log) checkpoint.resize(begin);
  return log;
}

}  // namespace ptyd
