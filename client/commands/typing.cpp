// Verbs that type into a session without attaching.
#include <algorithm>

#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/drive/lease_feature.hpp"
#include "client/commands/system.hpp"
#include "client/commands/wait_conditions.hpp"
#include "client/commands/wait_for_exit.hpp"
#include "common/random.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// One request's worth; leaves room for the other fields.
constexpr std::size_t kPiece = 32 * 1024;

// What is typed by one verb, request after request.
using Requests = std::vector<v1::SendRequest>;

void add_pieces(Requests& requests, std::string_view bytes, bool paste) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kPiece))) {
    auto& request = requests.emplace_back();
    request.set_paste(paste);
    const auto piece = bytes.substr(0, kPiece);
    request.set_data(piece.data(), piece.size());
  }
}

// Keys depend on the terminal's modes: they have no place in a stream and are not sent again.
void add_keys(Requests& requests, const std::vector<std::string>& keys) {
  auto& request = requests.emplace_back();
  for (const auto& key : keys) request.add_keys(key);
}

// Guards are for what is typed in one go.
Result<void> add_guards(Requests& requests, const ScreenGuards& guards) {
  if (!guards.any() || requests.empty()) return {};
  const bool data_only = std::all_of(requests.begin(), requests.end(), [](const auto& r) { return r.keys_size() == 0; });
  if (requests.size() > 1 && data_only) {
    Error error{errc::invalid_argument, "what is typed behind a guard may have 32768 bytes"};
    error.hint = "send the first part behind the guard, and the rest without";
    return error;
  }
  requests.front().set_if_screen(guards.if_screen);
  requests.front().set_if_match(guards.if_match);
  return {};
}

// Sends them one after the other. Data has its place in a stream of its own, so that what is sent again after a lost
// connection is typed once.
class Typist {
 public:
  Typist(CommandContext* context, std::shared_ptr<Client> client, std::string session)
      : context_(context), client_(std::move(client)), session_(std::move(session)) {
    const auto name = random_bytes16();
    stream_.assign(name.begin(), name.end());
  }

  asio::awaitable<Result<void>> type(Requests requests) {
    for (auto& request : requests) {
      place(request);
      request.set_session(session_);
      const auto sent = co_await send(std::move(request));
      if (!sent) co_return sent.error();
    }
    co_return Result<void>();
  }

  // Types, and waits for what comes of it.
  asio::awaitable<Result<v1::WaitReply>> type_and_wait(Requests requests, WaitSpec spec) {
    auto wait = wait_request(spec);
    wait.add_sessions(session_);
    if (requests.size() == 1) {
      place(requests.front());
      *wait.mutable_send() = std::move(requests.front());
      co_return co_await wait_for(context_, client_, std::move(wait));
    }
    v1::InspectRequest inspect;
    inspect.set_session(session_);
    const auto before = co_await client_->call(inspect, context_->deadline());
    if (!before) co_return before.error();
    if (!spec.from_offset) wait.set_from_offset(before->session().output().to());
    const auto typed = co_await type(std::move(requests));
    if (!typed) co_return typed.error();
    auto reply = co_await wait_for(context_, client_, std::move(wait));
    if (reply) *reply->mutable_send() = total_;
    co_return reply;
  }

  Result<void> check(const Requests& requests) const {
    v1::WaitRequest needs;
    if (!requests.empty()) *needs.mutable_send() = requests.front();
    if (!needs.send().lease().empty())
      if (auto known = knows_leases(*client_); !known) return known;
    return check_features(*client_, needs);
  }
  const v1::SendReply& total() const noexcept { return total_; }

 private:
  void place(v1::SendRequest& request) const {
    if (request.keys_size() > 0) return;
    request.set_input_stream(stream_);
    request.set_input_offset(offset_);
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

  CommandContext* context_;
  std::shared_ptr<Client> client_;
  std::string session_;
  std::string stream_;
  std::uint64_t offset_ = 0;
  v1::SendReply total_;
};

asio::awaitable<Result<Typist>> make_typist(CommandContext* context, SessionRef session) {
  auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return client.error();
  auto name = co_await find_one_session(*client, session, context->deadline());
  if (!name) co_return name.error();
  co_return Typist(context, std::move(*client), std::move(*name));
}

void note_cut_line(const CommandContext& context, const v1::SendReply& total) {
  if (total.line_limit() > 0)
    context.note("ptyctl: a line was longer than the " + std::to_string(total.line_limit()) +
                 " bytes that the terminal takes in canonical mode: it was cut\n");
}

CommandResult carry_out(CommandContext* context, SessionRef session, Requests requests, ScreenGuards guards,
                        WaitSpec wait, std::string lease) {
  for (auto& request : requests) request.set_lease(lease);
  if (auto fine = add_guards(requests, guards); !fine) co_return context->fail(fine.error());
  auto typist = co_await make_typist(context, session);
  if (!typist) co_return context->fail(typist.error());
  if (auto known = typist->check(requests); !known) co_return context->fail(known.error());
  if (!wait.conditions.empty()) {
    const auto reply = co_await typist->type_and_wait(std::move(requests), std::move(wait));
    if (!reply) co_return context->fail(reply.error());
    note_cut_line(*context, reply->send());
    co_return report_wait(*context, *reply);
  }
  const auto typed = co_await typist->type(std::move(requests));
  if (!typed) co_return context->fail(typed.error());
  if (context->json()) context->print_json(sent_json(typist->total()));
  note_cut_line(*context, typist->total());
  co_return to_int(ExitCode::done);
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
  // Enter is a key of its own: it does not belong into the brackets of a paste.
  if (options.enter && !options.paste) bytes += '\r';
  Requests requests;
  add_pieces(requests, bytes, options.paste);
  if (options.enter && options.paste) add_keys(requests, {"Enter"});
  co_return co_await carry_out(context, std::move(options.session), std::move(requests), std::move(options.guards),
                               std::move(options.wait), std::move(options.lease));
}

CommandResult run_keys(CommandContext* context, KeysOptions options) {
  Requests requests;
  std::string bytes;
  for (const auto& key : options.keys) bytes += key;
  if (options.literal)
    add_pieces(requests, bytes, false);
  else
    add_keys(requests, options.keys);
  co_return co_await carry_out(context, std::move(options.session), std::move(requests), std::move(options.guards),
                               std::move(options.wait), std::move(options.lease));
}

}  // namespace ptyd
