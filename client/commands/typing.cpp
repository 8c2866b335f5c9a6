// Verbs that type into a session without attaching.
#include <algorithm>

#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/commands/system.hpp"
#include "client/commands/wait_for_exit.hpp"
#include "common/random.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// One request's worth; leaves room for the other fields.
constexpr std::size_t kPiece = 32 * 1024;

// Types pieces one after the other. Each has its place in a stream of its own, so that one that is sent again after
// a lost connection is typed once.
class Typist {
 public:
  Typist(CommandContext* context, std::shared_ptr<Client> client, std::string session, bool paste)
      : context_(context), client_(std::move(client)), session_(std::move(session)), paste_(paste) {
    const auto name = random_bytes16();
    stream_.assign(name.begin(), name.end());
  }

  asio::awaitable<Result<void>> type(std::string bytes) {
    std::string_view rest = bytes;
    while (!rest.empty()) {
      v1::SendRequest request;
      request.set_session(session_);
      request.set_input_stream(stream_);
      request.set_input_offset(offset_);
      request.set_paste(paste_);
      const auto piece = rest.substr(0, kPiece);
      request.set_data(piece.data(), piece.size());
      rest.remove_prefix(piece.size());
      const auto sent = co_await send(std::move(request));
      if (!sent) co_return sent.error();
    }
    co_return Result<void>();
  }

  asio::awaitable<Result<void>> send(v1::SendRequest request) {
    auto reply = co_await client_->call(request, context_->deadline());
    if (!reply && reply.error().code == errc::unavailable && !request.input_stream().empty()) {
      auto next = co_await connect_again(context_);
      if (!next) co_return next.error();
      client_ = std::move(*next);
      reply = co_await client_->call(request, context_->deadline());
    }
    if (!reply) co_return reply.error();
    total_.set_accepted(total_.accepted() + reply->accepted());
    total_.set_input_offset(reply->input_offset());
    total_.set_line_limit(std::max(total_.line_limit(), reply->line_limit()));
    if (!request.input_stream().empty()) offset_ = reply->input_offset();
    co_return Result<void>();
  }

  // Keys depend on the terminal's modes: they have no place in a stream and are not sent again.
  asio::awaitable<Result<void>> press(std::vector<std::string> keys) {
    v1::SendRequest request;
    request.set_session(session_);
    for (auto& key : keys) request.add_keys(std::move(key));
    return send(std::move(request));
  }

  const v1::SendReply& total() const noexcept { return total_; }

 private:
  CommandContext* context_;
  std::shared_ptr<Client> client_;
  std::string session_;
  bool paste_;
  std::string stream_;
  std::uint64_t offset_ = 0;
  v1::SendReply total_;
};

asio::awaitable<Result<Typist>> make_typist(CommandContext* context, SessionRef session, bool paste) {
  auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return client.error();
  auto name = co_await find_one_session(*client, session, context->deadline());
  if (!name) co_return name.error();
  co_return Typist(context, std::move(*client), std::move(*name), paste);
}

int report(const CommandContext& context, const v1::SendReply& total) {
  if (context.json()) context.print_json(sent_json(total));
  if (total.line_limit() > 0)
    context.note("ptyctl: a line was longer than the " + std::to_string(total.line_limit()) +
                 " bytes that the terminal takes in canonical mode: it was cut\n");
  return to_int(ExitCode::done);
}

// Files and stdin are taken in whole: one that can't be read to its end types nothing.
constexpr std::size_t kMaxFile = 64 * 1024 * 1024;

}  // namespace

CommandResult run_send(CommandContext* context, SendOptions options) {
  std::string bytes;
  for (std::size_t i = 0; i < options.text.size(); ++i) {
    if (i > 0) bytes += ' ';
    bytes += options.text[i];
  }
  if (options.from_stdin || options.file) {
    auto text = read_small_file(options.from_stdin ? "-" : *options.file, kMaxFile);
    if (!text) co_return context->fail(text.error());
    bytes += *text;
  }
  auto typist = co_await make_typist(context, options.session, options.paste);
  if (!typist) co_return context->fail(typist.error());
  // Enter is a key of its own: it does not belong into the brackets of a paste.
  if (options.enter && !options.paste) bytes += '\r';
  const auto typed = co_await typist->type(std::move(bytes));
  if (!typed) co_return context->fail(typed.error());
  if (options.enter && options.paste) {
    const std::vector<std::string> enter{"Enter"};
    const auto entered = co_await typist->press(enter);
    if (!entered) co_return context->fail(entered.error());
  }
  co_return report(*context, typist->total());
}

CommandResult run_keys(CommandContext* context, KeysOptions options) {
  auto typist = co_await make_typist(context, options.session, false);
  if (!typist) co_return context->fail(typist.error());
  if (options.literal) {
    std::string bytes;
    for (const auto& key : options.keys) bytes += key;
    const auto typed = co_await typist->type(std::move(bytes));
    if (!typed) co_return context->fail(typed.error());
  } else {
    const auto typed = co_await typist->press(std::move(options.keys));
    if (!typed) co_return context->fail(typed.error());
  }
  co_return report(*context, typist->total());
}

}  // namespace ptyd
