// Verbs that change one session and say what it is now.
#include "client/commands/commands.hpp"
#include "client/drive/lease_feature.hpp"
#include "client/commands/session_target.hpp"
#include "client/format/words.hpp"

namespace ptyd {

namespace {

void print_changed(const CommandContext& context, const v1::SessionInfo& session) {
  if (context.json())
    context.print_json(one_session_json(session));
  else if (context.global().output == OutputFormat::name)
    context.print(session_names({session}));
}

// Sends `request` for the session that `session` means, and shows what the session is then.
template <class Request>
CommandResult change(CommandContext* context, SessionRef session, Request request) {
  auto target = co_await open_target(context, session);
  if (!target) co_return context->fail(target.error());
  request.set_session(target->session);
  const auto reply = co_await target->client->call(request, context->deadline());
  if (!reply) co_return context->fail(reply.error());
  print_changed(*context, reply->session());
  co_return to_int(ExitCode::done);
}

}  // namespace

CommandResult run_resize(CommandContext* context, ResizeOptions options) {
  auto target = co_await open_target(context, options.session);
  if (!target) co_return context->fail(target.error());
  v1::ResizeRequest request;
  request.set_session(target->session);
  request.mutable_size()->set_cols(options.size.cols);
  request.mutable_size()->set_rows(options.size.rows);
  if (options.pixels) {
    request.mutable_size()->set_x_pixels(options.pixels->cols);
    request.mutable_size()->set_y_pixels(options.pixels->rows);
  }
  if (options.policy) request.set_policy(*options.policy);
  request.set_lease(options.lease);
  if (!options.lease.empty())
    if (auto known = knows_leases(*target->client); !known) co_return context->fail(known.error());
  const auto reply = co_await target->client->call(request, context->deadline());
  if (!reply) co_return context->fail(reply.error());
  if (context->json()) context->print_json(size_json(reply->size()));
  co_return to_int(ExitCode::done);
}

CommandResult run_detach(CommandContext* context, DetachOptions options) {
  auto target = co_await open_target(context, options.session);
  if (!target) co_return context->fail(target.error());
  v1::DetachRequest request;
  request.set_session(target->session);
  if (options.client) {
    request.set_client(*options.client);
  } else if (options.others) {
    request.set_others(true);
  } else {
    request.set_all(true);
    if (!options.all) {
      v1::InspectRequest inspect;
      inspect.set_session(target->session);
      const auto info = co_await target->client->call(inspect, context->deadline());
      if (!info) co_return context->fail(info.error());
      if (info->attachments_size() > 1) {
        Error error;
        error.code = errc::invalid_argument;
        error.message = std::to_string(info->attachments_size()) + " clients are attached";
        error.hint = "say which with --client ID (`ptyctl inspect` shows them), or --all";
        co_return context->fail(error);
      }
    }
  }
  const auto reply = co_await target->client->call(request, context->deadline());
  if (!reply) co_return context->fail(reply.error());
  if (context->json())
    context->print_json(detached_json(*reply));
  else if (reply->ended() == 0)
    context->note("nobody was attached\n");
  co_return to_int(ExitCode::done);
}

CommandResult run_rename(CommandContext* context, RenameOptions options) {
  v1::RenameRequest request;
  request.set_name(options.new_name);
  return change(context, std::move(options.session), std::move(request));
}

CommandResult run_label(CommandContext* context, LabelOptions options) {
  v1::LabelRequest request;
  for (const auto& [key, value] : options.set) {
    auto* label = request.add_set();
    label->set_key(key);
    label->set_value(value);
  }
  for (const auto& key : options.remove) request.add_remove(key);
  return change(context, std::move(options.session), std::move(request));
}

CommandResult run_restart(CommandContext* context, RestartOptions options) {
  v1::RestartRequest request;
  request.set_force(options.force);
  return change(context, std::move(options.session), std::move(request));
}

CommandResult run_signal(CommandContext* context, SignalOptions options) {
  auto target = co_await open_target(context, options.session);
  if (!target) co_return context->fail(target.error());
  v1::SignalRequest request;
  request.set_session(target->session);
  request.set_signal(options.signal);
  request.set_tree(options.tree);
  request.set_foreground(options.foreground);
  const auto reply = co_await target->client->call(request, context->deadline());
  if (!reply) co_return context->fail(reply.error());
  if (context->json()) context->print_json(done_json());
  co_return to_int(ExitCode::done);
}

}  // namespace ptyd
