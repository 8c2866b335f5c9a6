// Recordings: begun, marked and ended in the daemon; made of past output here.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/commands/record_request.hpp"
#include "common/asciicast.hpp"
#include "common/escape.hpp"
#include "common/new_file.hpp"

namespace ptyd {

namespace asio = boost::asio;

Result<std::string> recording_path(const CommandContext& context, const std::string& file) {
  const std::filesystem::path path(file);
  if (path.is_absolute()) return file;
  if (context.remote()) {
    Error error{errc::invalid_argument, "'" + file + "' is no absolute path"};
    error.hint = "with --host the daemon there writes the file";
    return error;
  }
  std::error_code failed;
  const auto here = std::filesystem::current_path(failed);
  if (failed) return os_error("find the current directory", failed.value());
  return (here / path).lexically_normal().string();
}

namespace {

// Makes an asciicast of what the history tells.
class HistoryCast {
 public:
  HistoryCast(unsigned version, const v1::SessionInfo& session) : version_(version), session_(session) {}

  // `reply` follows the one before it, or what was lost.
  void take(const v1::HistoryReply& reply, std::string& out) {
    if (!writer_) begin(reply, out);
    for (const auto& time : reply.times()) {
      if (time.offset() > reply.times_from()) put(reply, time.offset(), time.at_ms(), out);
    }
    put(reply, reply.offset() + reply.data().size(), last_ms_, out);
  }
  void lost(std::uint64_t bytes, std::string& out) {
    if (writer_) writer_->marker(at(last_ms_), std::to_string(bytes) + " bytes of output were lost", out);
  }
  void finish(std::string& out) {
    if (writer_) writer_->finish(at(last_ms_), {}, out);
  }
  // Output of which nobody knows when it came.
  std::uint64_t untimed() const noexcept { return untimed_; }

 private:
  void begin(const v1::HistoryReply& reply, std::string& out) {
    CastHeader header;
    header.version = version_;
    header.term = session_.term();
    header.title = session_.name();
    header.cols = session_.size().cols();
    header.rows = session_.size().rows();
    if (reply.sizes_size() > 0) set_size(reply.sizes(0).size(), header);
    first_ms_ = reply.times_size() > 0 ? reply.times(0).at_ms() : session_.last_output_ms();
    last_ms_ = first_ms_;
    header.unix_seconds = first_ms_ / 1000;
    size_ = {header.cols, header.rows};
    position_ = reply.offset();
    untimed_ = reply.times_from() - std::min(reply.times_from(), reply.offset());
    writer_.emplace(header);
    writer_->header(out);
  }
  static void set_size(const v1::WindowSize& size, CastHeader& header) {
    header.cols = size.cols();
    header.rows = size.rows();
  }

  CastWriter::Time at(std::uint64_t ms) const {
    return std::chrono::milliseconds(ms - std::min(ms, first_ms_));
  }

  // Output up to `until`, as far as the reply has it, with the changes of size in it.
  void put(const v1::HistoryReply& reply, std::uint64_t until, std::uint64_t ms, std::string& out) {
    const auto end = std::min(until, reply.offset() + reply.data().size());
    last_ms_ = std::max(ms, last_ms_);
    position_ = std::max(position_, reply.offset());
    for (const auto& change : reply.sizes()) {
      if (change.offset() > end || change.offset() < position_) continue;
      if (size_ == std::pair(change.size().cols(), change.size().rows())) continue;
      output(reply, change.offset(), out);
      size_ = {change.size().cols(), change.size().rows()};
      writer_->resize(at(last_ms_), size_.first, size_.second, out);
    }
    output(reply, end, out);
  }
  void output(const v1::HistoryReply& reply, std::uint64_t end, std::string& out) {
    if (end <= position_) return;
    const auto piece = std::string_view(reply.data()).substr(position_ - reply.offset(), end - position_);
    writer_->output(at(last_ms_), piece, out);
    position_ = end;
  }

  unsigned version_;
  const v1::SessionInfo& session_;
  std::optional<CastWriter> writer_;
  std::uint64_t first_ms_ = 0;
  std::uint64_t last_ms_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t untimed_ = 0;
  std::pair<std::uint32_t, std::uint32_t> size_;
};

Result<void> write_out(const CommandContext& context, std::optional<NewFile>& file, std::string& out) {
  if (file) {
    if (auto written = file->append(out); !written) return written;
  } else {
    context.print(out);
  }
  out.clear();
  return {};
}

asio::awaitable<Result<std::uint64_t>> write_history(CommandContext* context, std::shared_ptr<Client> client,
                                                     v1::SessionInfo session, unsigned version,
                                                     std::optional<NewFile>* file) {
  v1::HistoryRequest request;
  request.set_session(session.id());
  request.set_times(true);
  HistoryCast cast(version, session);
  std::string out;
  for (;;) {
    const auto reply = co_await client->call(request, context->deadline());
    if (!reply && reply.error().code == errc::out_of_range && request.has_from_offset()) {
      // The program writes faster than we read: go on at the oldest that is left.
      cast.lost(reply.error().have_from - request.from_offset(), out);
      request.set_from_offset(reply.error().have_from);
      continue;
    }
    if (!reply) co_return reply.error();
    cast.take(*reply, out);
    const bool last = reply->end() || reply->data().empty();
    if (last) cast.finish(out);
    if (auto written = write_out(*context, *file, out); !written) co_return written.error();
    if (last) co_return cast.untimed();
    request.set_from_offset(reply->offset() + reply->data().size());
  }
}

CommandResult export_history(CommandContext* context, std::shared_ptr<Client> client, std::string session,
                             RecordOptions options) {
  v1::InspectRequest inspect;
  inspect.set_session(session);
  const auto found = co_await client->call(inspect, context->deadline());
  if (!found) co_return context->fail(found.error());
  std::optional<NewFile> file;
  if (options.file) {
    auto made = NewFile::create(*options.file);
    if (!made) co_return context->fail(made.error());
    file.emplace(std::move(*made));
  }
  const auto untimed = co_await write_history(context, client, found->session(), options.version, &file);
  if (!untimed) co_return context->fail(untimed.error());
  if (*untimed > 0)
    context->note("ptyctl: nobody knows when the first " + std::to_string(*untimed) +
                  " bytes came: they are one event at the beginning\n");
  co_return to_int(ExitCode::done);
}

int print_recording(const CommandContext& context, const v1::RecordingInfo& recording) {
  if (context.json())
    context.print_json(recording_json(recording));
  else if (!recording.active() && !context.global().quiet)
    context.print(std::to_string(recording.bytes()) + " bytes in " + escape_text(recording.spec().path()) + "\n");
  return to_int(ExitCode::done);
}

asio::awaitable<Result<v1::RecordingInfo>> change(CommandContext* context, std::shared_ptr<Client> client,
                                                  std::string session, RecordOptions options) {
  if (options.action == RecordOptions::Action::start) {
    v1::RecordRequest request;
    request.set_session(session);
    const auto path = recording_path(*context, *options.file);
    if (!path) co_return path.error();
    *request.mutable_spec() = record_spec(*path, options.version, options.input, options.max_bytes.value_or(0));
    request.set_from_start(options.from_start);
    auto reply = co_await client->call(std::move(request), context->deadline());
    if (!reply) co_return reply.error();
    co_return std::move(*reply->mutable_recording());
  }
  v1::RecordChangeRequest request;
  request.set_session(session);
  if (options.action == RecordOptions::Action::stop)
    request.set_stop(true);
  else
    request.set_marker(options.label);
  auto reply = co_await client->call(std::move(request), context->deadline());
  if (!reply) co_return reply.error();
  co_return std::move(*reply->mutable_recording());
}

}  // namespace

v1::RecordSpec record_spec(const std::string& path, unsigned version, bool input, std::uint64_t max_bytes) {
  v1::RecordSpec spec;
  spec.set_path(path);
  spec.set_version(version);
  spec.set_input(input);
  spec.set_max_bytes(max_bytes);
  return spec;
}

CommandResult run_record(CommandContext* context, RecordOptions options) {
  const auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return context->fail(client.error());
  const auto session = co_await find_one_session(*client, options.session, context->deadline());
  if (!session) co_return context->fail(session.error());
  if (options.action == RecordOptions::Action::export_history)
    co_return co_await export_history(context, *client, *session, std::move(options));
  const auto changed = co_await change(context, *client, *session, std::move(options));
  if (!changed) co_return context->fail(changed.error());
  co_return print_recording(*context, *changed);
}

}  // namespace ptyd
