#include <algorithm>

#include "client/commands/attach_terminal.hpp"
#include "client/commands/commands.hpp"
#include "client/commands/create_request.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/drive/lease_feature.hpp"
#include "client/commands/system.hpp"
#include "client/commands/terminal_variables.hpp"
#include "client/format/print_error.hpp"
#include "client/format/words.hpp"
#include "common/escape.hpp"
#include "common/standard_output.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxTyped = 8 * 1024 * 1024;

// Why the daemon ended an attachment, when it was not the program's end.
Error end_error(const v1::Ended& ended, const std::string& name) {
  Error error;
  error.subject = name;
  switch (ended.reason()) {
    case v1::DISPLACED:
      error = {errc::busy, "put off: another client has attached to " + name + " alone"};
      error.hint = "`ptyctl attach -f` puts it off in turn";
      break;
    case v1::FELL_BEHIND:
      error = {errc::unavailable, "disconnected: this terminal fell behind the output of " + name};
      break;
    case v1::SESSION_REMOVED: error = {errc::not_found, "session " + name + " was removed"}; break;
    case v1::HOST_LOST: error = {errc::internal, "the host of session " + name + " died; its program is gone"}; break;
    default: error = {errc::unavailable, "the daemon has ended the attachment to " + name}; break;
  }
  return error;
}

// To the terminal without waiting long for it: it may take nothing, and the user has asked to leave.
void tell(OuterTerminal& terminal, const std::string& text) {
  if (is_terminal(StandardStream::error))
    terminal.restore(text);
  else
    write_output(OutputStream::error, text);
}

int report_end(const CommandContext& context, OuterTerminal& terminal, const v1::Ended& ended,
               const std::string& name) {
  const bool asked = ended.reason() == v1::DETACHED;
  if (asked || ended.reason() == v1::ENDED_BY_EXIT) {
    if (context.json())
      context.print_json(asked ? done_json() : ended_json(name, ended.exit()));
    else if (!context.global().quiet)
      tell(terminal, asked ? "[detached from " + escape_text(name) + "]\n"
                           : "[" + escape_text(name) + " " + describe_exit(ended.exit()) + "]\n");
  } else if (context.json()) {
    print_error(end_error(ended, name), context.global().output);
  } else {
    tell(terminal, error_text(end_error(ended, name)));
  }
  return exit_code_for(ended, context.codes());
}

std::vector<std::string> split_ancestry(const std::string& text) {
  std::vector<std::string> ids(1);
  for (const char c : text) {
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (digit)
      ids.back() += c;
    else if (!ids.back().empty())
      ids.emplace_back();
  }
  if (ids.back().empty()) ids.pop_back();
  return ids;
}

}  // namespace

Result<std::unique_ptr<OuterTerminal>> open_terminal(const std::string& verb) {
  if (is_terminal(StandardStream::in)) return OuterTerminal::open();
  Error error;
  error.code = errc::invalid_argument;
  error.message = "stdin is not a terminal";
  error.hint = verb == "new" ? "start it detached: `ptyctl new -d`"
                             : "use `ptyctl logs -f`, `ptyctl send` or `ptyctl wait` in scripts";
  return error;
}

CommandResult attach_terminal(CommandContext* context, std::shared_ptr<Client> client,
                              std::unique_ptr<OuterTerminal> terminal, AttachParameters parameters, AttachView view) {
  parameters.max_input_bytes = kMaxTyped;
  parameters.person = parameters.role == v1::CONTROLLER;
  parameters.reconnect_deadline =
      std::min(parameters.reconnect_deadline, context->deadline(parameters.reconnect_deadline));
  if (!context->remote()) {
    parameters.ancestry = split_ancestry(context->env("PTYD_ANCESTRY"));
    parameters.env = terminal_variables(*context);
    parameters.env_complete = true;
  }
  if (view.sizes) parameters.size = to_wire(terminal->size());
  auto session = co_await AttachedSession::attach(context->executor(), client, context->connector(Autostart::yes),
                                                  std::move(parameters));
  // The connection is the session's now: a Client that is kept would keep it open.
  client.reset();
  if (!session) co_return context->fail(session.error());
  const std::string name = (*session)->session().name();
  guard_terminal_against_crashes();
  AttachLoop loop(context->executor(), terminal.get(), std::move(*session), std::move(view));
  auto outcome = co_await loop.run();
  if (outcome.kind == AttachOutcome::Kind::failed) co_return context->fail(outcome.error);
  if (outcome.kind == AttachOutcome::Kind::detached) outcome.ended.set_reason(v1::DETACHED);
  co_return report_end(*context, *terminal, outcome.ended, name);
}

namespace {

// `attach -A`: the session, made when there is none.
asio::awaitable<Result<void>> create_if_absent(CommandContext* context, std::shared_ptr<Client> client,
                                               AttachOptions options, TerminalSize size) {
  NewOptions create;
  create.name = options.session.name;
  create.program = options.program;
  auto request = make_create_request(*context, create, size);
  if (!request) co_return request.error();
  const auto created = co_await client->call(std::move(*request), context->deadline());
  if (created || created.error().code == errc::already_exists) co_return Result<void>();
  co_return created.error();
}

}  // namespace

CommandResult run_attach(CommandContext* context, AttachOptions options) {
  auto terminal = open_terminal("attach");
  if (!terminal) co_return context->fail(terminal.error());
  const auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return context->fail(client.error());
  if (!options.lease.empty())
    if (auto known = knows_leases(**client); !known) co_return context->fail(known.error());
  if (options.create) {
    const auto there = co_await create_if_absent(context, *client, options, (*terminal)->size());
    if (!there) co_return context->fail(there.error());
  }
  const auto name = co_await find_one_session(*client, options.session, context->deadline());
  if (!name) co_return context->fail(name.error());
  AttachParameters parameters;
  parameters.session = *name;
  parameters.role = options.read_only ? v1::OBSERVER : v1::CONTROLLER;
  parameters.flow = options.lossless ? v1::LOSSLESS : v1::RESYNC;
  parameters.direct = !options.no_direct;
  parameters.steal = options.steal;
  parameters.lease = options.lease;
  parameters.from_offset = options.from_offset;
  parameters.scrollback_rows = options.history_rows.value_or(0);
  AttachView view;
  view.detach_keys = options.detach_keys;
  view.sizes = !options.no_size && !options.read_only;
  co_return co_await attach_terminal(context, *client, std::move(*terminal), std::move(parameters), std::move(view));
}

}  // namespace ptyd
