#include "client/commands/attach_terminal.hpp"
#include "client/commands/commands.hpp"
#include "client/commands/create_request.hpp"
#include "client/commands/wait_for_exit.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

struct Created {
  std::shared_ptr<Client> client;
  v1::CreateReply reply;
};

// The id in the request makes it safe to send it again when the daemon died over it.
asio::awaitable<Result<Created>> create(CommandContext* context, v1::CreateRequest request) {
  auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return client.error();
  auto reply = co_await (*client)->call(request, context->deadline());
  if (!reply && reply.error().code == errc::unavailable) {
    client = co_await connect_again(context);
    if (!client) co_return client.error();
    reply = co_await (*client)->call(request, context->deadline());
  }
  Created created;
  created.client = std::move(*client);
  if (reply) {
    created.reply = std::move(*reply);
    co_return created;
  }
  co_return reply.error();
}

// `new -A`: what there is under that name.
asio::awaitable<Result<Created>> find_existing(CommandContext* context, std::string name) {
  auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return client.error();
  v1::InspectRequest request;
  request.set_session(name);
  auto reply = co_await (*client)->call(request, context->deadline());
  if (!reply) co_return reply.error();
  Created existing;
  existing.client = std::move(*client);
  existing.reply.set_existed(true);
  *existing.reply.mutable_session() = std::move(*reply->mutable_session());
  co_return existing;
}

CommandResult finish_detached(CommandContext* context, Created created, bool wait) {
  if (context->json())
    context->print_json(created_json(created.reply));
  else if (context->global().output == OutputFormat::name || !context->global().quiet)
    context->print(session_names({created.reply.session()}));
  if (!wait) co_return to_int(ExitCode::done);
  const std::vector<std::string> sessions{created.reply.session().id()};
  const auto ended = co_await wait_for_exit(context, created.client, sessions, false);
  if (!ended) co_return context->fail(ended.error());
  co_return ended->empty() ? to_int(ExitCode::failed) : program_exit_code(ended->front().exit());
}

}  // namespace

CommandResult run_new(CommandContext* context, NewOptions options) {
  std::unique_ptr<OuterTerminal> terminal;
  std::optional<TerminalSize> size;
  if (!options.detached) {
    auto opened = open_terminal("new");
    if (!opened) co_return context->fail(opened.error());
    terminal = std::move(*opened);
    size = terminal->size();
  }
  auto request = make_create_request(*context, options, size);
  if (!request) co_return context->fail(request.error());
  auto created = co_await create(context, std::move(*request));
  if (!created && options.attach_existing && created.error().code == errc::already_exists)
    created = co_await find_existing(context, options.name);
  if (!created) co_return context->fail(created.error());
  if (!terminal) co_return co_await finish_detached(context, std::move(*created), options.wait);
  AttachParameters parameters;
  parameters.session = created->reply.session().id();
  // All output of a new session is there: nothing has to be rebuilt.
  if (!created->reply.existed()) parameters.resume_offset = 0;
  AttachView view;
  view.detach_keys = options.detach_keys;
  co_return co_await attach_terminal(context, std::move(created->client), std::move(terminal), std::move(parameters),
                                     std::move(view));
}

}  // namespace ptyd
