#include <algorithm>

#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/drive/logged_commands.hpp"
#include "client/ptyd/attached_session.hpp"
#include "common/plain_text.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t kPiece = 64 * 1024;

// Prints output as the user wants it, up to --max-bytes.
class LogPrinter {
 public:
  LogPrinter(const CommandContext* context, const LogsOptions& options)
      : context_(context), raw_(options.raw), left_(options.max_bytes.value_or(UINT64_MAX)) {}

  void print(std::uint64_t offset, std::string_view data) {
    data = data.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, data.size())));
    left_ -= data.size();
    if (data.empty()) return;
    if (context_->json())
      context_->print_json(history_json(offset, data));
    else
      context_->print(raw_ ? std::string(data) : filter_.feed(data));
  }
  void finish() {
    if (!context_->json() && !raw_) context_->print(filter_.finish());
  }
  std::uint64_t left() const noexcept { return left_; }
  // Bytes that will not come.
  void skip(std::uint64_t bytes) noexcept { left_ -= std::min(left_, bytes); }

 private:
  const CommandContext* context_;
  bool raw_;
  std::uint64_t left_;
  PlainTextFilter filter_;
};

// Prints what there is now; returns the offset behind it.
asio::awaitable<Result<std::uint64_t>> print_past(CommandContext* context, std::shared_ptr<Client> client,
                                                  std::string session, LogsOptions options, LogPrinter* printer) {
  v1::HistoryRequest request;
  request.set_session(session);
  if (options.lines) request.set_tail_lines(std::max<std::uint32_t>(*options.lines, 1));
  if (options.since_offset) request.set_from_offset(*options.since_offset);
  const bool nothing = options.lines && *options.lines == 0;
  for (;;) {
    request.set_max_bytes(std::clamp<std::uint64_t>(printer->left(), 1, kPiece));
    auto reply = co_await client->call(request, context->deadline());
    if (!reply && reply.error().code == errc::out_of_range && !options.since_offset && request.has_from_offset()) {
      // The program writes faster than we read: go on at the oldest that is left.
      context->note("ptyctl: " + std::to_string(reply.error().have_from - request.from_offset()) +
                    " bytes were overwritten before they could be read\n");
      request.set_from_offset(reply.error().have_from);
      continue;
    }
    if (!reply) co_return reply.error();
    if (nothing) co_return reply->available().to();
    printer->print(reply->offset(), reply->data());
    const auto next = reply->offset() + reply->data().size();
    if (reply->end() || reply->data().empty() || printer->left() == 0) co_return next;
    options.since_offset.reset();
    request.clear_tail_lines();
    request.set_from_offset(next);
  }
}

CommandResult follow(CommandContext* context, std::shared_ptr<Client> client, std::string session, std::uint64_t offset,
                     LogPrinter* printer) {
  AttachParameters parameters;
  parameters.direct = false;  // nobody types
  parameters.session = session;
  parameters.role = v1::OBSERVER;
  parameters.resume_offset = offset;
  parameters.until_stream_end = true;
  const auto attached = co_await AttachedSession::attach(context->executor(), client,
                                                         context->connector(Autostart::yes), std::move(parameters));
  if (!attached) co_return context->fail(attached.error());
  while (printer->left() > 0) {
    const auto chunk = co_await (*attached)->read();
    switch (chunk.kind) {
      case AttachedChunk::Kind::output: printer->print(chunk.offset, chunk.data); break;
      case AttachedChunk::Kind::gap:
        context->note("ptyctl: " + std::to_string(chunk.end - chunk.offset) + " bytes were skipped\n");
        break;
      case AttachedChunk::Kind::failed: co_return context->fail(chunk.error);
      case AttachedChunk::Kind::ended: {
        // The end of the program is the end of its log, and no failure of `logs`.
        const auto reason = chunk.ended.reason();
        const bool fine = reason == v1::ENDED_BY_EXIT || reason == v1::DETACHED;
        co_return fine ? to_int(ExitCode::done) : exit_code_for(chunk.ended, context->codes());
      }
      default: break;  // a snapshot shows what was printed already or was skipped
    }
  }
  co_return to_int(ExitCode::done);
}

CommandResult show_commands(CommandContext* context, std::shared_ptr<Client> client, std::string session,
                            std::optional<std::uint32_t> tail) {
  // None of them is still a question to the daemon: whether there is such a session.
  std::optional<std::uint32_t> wanted = tail;
  if (wanted) wanted = std::max<std::uint32_t>(*wanted, 1);
  auto list = co_await list_commands(client, session, wanted, context->deadline());
  if (!list) co_return context->fail(list.error());
  if (tail && *tail == 0) list->commands.clear();
  if (context->global().output == OutputFormat::jsonl) {
    for (const auto& command : list->commands) context->print_json(command_json(command));
  } else if (context->json()) {
    context->print_json(commands_json(*list));
  } else {
    context->print(commands_text(*list, context->style()));
  }
  co_return to_int(ExitCode::done);
}

CommandResult show_command(CommandContext* context, std::shared_ptr<Client> client, std::string session,
                           LogsOptions options) {
  const auto command = co_await find_command(client, session, *options.command, context->deadline());
  if (!command) co_return context->fail(command.error());
  const auto end = command->output().to();
  v1::HistoryRequest request;
  request.set_session(session);
  request.set_from_offset(command->output().from());
  options.max_bytes = std::min(options.max_bytes.value_or(UINT64_MAX), end - std::min(end, request.from_offset()));
  LogPrinter printer(context, options);
  while (printer.left() > 0) {
    request.set_max_bytes(std::clamp<std::uint64_t>(printer.left(), 1, kPiece));
    const auto reply = co_await client->call(request, context->deadline());
    if (!reply && reply.error().code == errc::out_of_range && reply.error().have_from > request.from_offset()) {
      const auto next = std::min(reply.error().have_from, end);
      context->note("ptyctl: " + std::to_string(next - request.from_offset()) + " bytes are not kept any more\n");
      printer.skip(next - request.from_offset());
      request.set_from_offset(next);
      continue;
    }
    if (!reply) co_return context->fail(reply.error());
    if (reply->data().empty()) break;
    printer.print(reply->offset(), reply->data());
    request.set_from_offset(reply->offset() + reply->data().size());
  }
  printer.finish();
  co_return to_int(ExitCode::done);
}

}  // namespace

CommandResult run_logs(CommandContext* context, LogsOptions options) {
  const auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return context->fail(client.error());
  const auto session = co_await find_one_session(*client, options.session, context->deadline());
  if (!session) co_return context->fail(session.error());
  if (options.commands) co_return co_await show_commands(context, *client, *session, options.lines);
  if (options.command) co_return co_await show_command(context, *client, *session, std::move(options));
  LogPrinter printer(context, options);
  const auto offset = co_await print_past(context, *client, *session, options, &printer);
  if (!offset) co_return context->fail(offset.error());
  int status = to_int(ExitCode::done);
  if (options.follow && printer.left() > 0) status = co_await follow(context, *client, *session, *offset, &printer);
  printer.finish();
  co_return status;
}

}  // namespace ptyd
