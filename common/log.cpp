#include "common/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>

#include "common/log_output.hpp"

namespace ptyd {

namespace {

std::atomic<std::uint64_t> dropped_lines{0};

constexpr std::array<std::pair<std::string_view, spdlog::level::level_enum>, 6> kLevels{{
    {"trace", spdlog::level::trace},
    {"debug", spdlog::level::debug},
    {"info", spdlog::level::info},
    {"warn", spdlog::level::warn},
    {"error", spdlog::level::err},
    {"off", spdlog::level::off},
}};

std::optional<spdlog::level::level_enum> parse_level(std::string_view name) {
  for (const auto& [text, level] : kLevels)
    if (text == name) return level;
  return std::nullopt;
}

// sd-daemon(3): the journal reads the priority from the start of a line.
std::string_view journal_prefix(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::critical: return "<2>";
    case spdlog::level::err: return "<3>";
    case spdlog::level::warn: return "<4>";
    case spdlog::level::info: return "<6>";
    default: return "<7>";
  }
}

class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  LineSink(std::unique_ptr<LogOutput> output, bool journal)
      : base_sink(std::make_unique<spdlog::pattern_formatter>(journal ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ %l [%P] %v",
                                                              spdlog::pattern_time_type::utc, "")),
        output_(std::move(output)),
        journal_(journal) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    try {
      spdlog::memory_buf_t text;
      formatter_->format(message, text);
      line_.clear();
      if (journal_) line_ += journal_prefix(message.level);
      // One entry is one line of text, whatever a careless message holds.
      for (const char c : text) line_ += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
      line_ += '\n';
      if (output_->write(line_)) return;
    } catch (const std::exception&) {
      // Out of memory: the line counts as lost like any other.
    }
    dropped_lines.fetch_add(1, std::memory_order_relaxed);
  }
  void flush_() override {}

  std::unique_ptr<LogOutput> output_;
  const bool journal_;
  std::string line_;
};

Result<std::unique_ptr<LogOutput>> make_output(const LogOptions& options) {
  if (options.target == LogOptions::Target::file)
    return make_file_output(options.file, options.max_bytes, options.max_files);
  return make_stderr_output();
}

}  // namespace

Result<void> set_up_logging(const LogOptions& options) {
  const auto level = parse_level(options.level);
  if (!level) {
    Error error;
    error.code = errc::invalid_argument;
    error.message = "'" + options.level + "' is no log level";
    error.hint = "choose trace, debug, info, warn, error or off";
    error.subject = options.level;
    return error;
  }
  auto output = make_output(options);
  if (!output) return output.error();
  auto sink = std::make_shared<LineSink>(std::move(*output), options.target == LogOptions::Target::journal);
  auto logger = std::make_shared<spdlog::logger>("ptyd", std::move(sink));
  logger->set_level(*level);
  logger->set_error_handler([](const std::string&) { dropped_lines.fetch_add(1, std::memory_order_relaxed); });
  spdlog::set_default_logger(std::move(logger));
  return {};
}

std::uint64_t dropped_log_lines() noexcept { return dropped_lines.load(std::memory_order_relaxed); }

}  // namespace ptyd
