// Runs a command in a shell that is there already.
#include <csignal>

#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/commands/terminal_signals.hpp"
#include "client/commands/wait_conditions.hpp"
#include "client/commands/wait_for_exit.hpp"
#include "client/drive/input_hold.hpp"
#include "client/drive/shell_prompt.hpp"
#include "client/format/command_output.hpp"
#include "client/format/command_reply.hpp"
#include "client/format/typed_command.hpp"
#include "client/ptyd/attached_session.hpp"
#include "common/async_event.hpp"
#include "common/escape.hpp"
#include "common/plain_text.hpp"
#include "common/random.hpp"
#include "common/standard_output.hpp"
#include "common/task_group.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kSignalled = 128;
constexpr std::chrono::hours kForever{24 * 3650};
// Between the end of a command that somebody else has typed and the begin of ours, behind it.
constexpr std::chrono::seconds kOurTurn{3};

// One command. Its output is read from where the prompt was, so that none can be missed.
class Execution {
 public:
  Execution(CommandContext* context, std::shared_ptr<Client> client, v1::SessionInfo session, ExecOptions options)
      : context_(context),
        client_(std::move(client)),
        info_(std::move(session)),
        options_(std::move(options)),
        end_(Clock::now() + context->deadline(kForever)),
        done_(context->executor()),
        tasks_(context->executor(), [this](const std::exception_ptr&) {
          finish(to_int(ExitCode::internal), "ptyctl: stopped by an unexpected error\n");
        }) {}

  CommandResult run() {
    const auto syntax = options_.shell.value_or(shell_syntax_of(info_.argv_size() > 0 ? info_.argv(0) : ""));
    auto text = typed_command(options_.command, syntax);
    if (!text) co_return context_->fail(text.error());
    output_ = CommandOutput(*text);
    const auto begun = co_await begin(*text + "\r");
    if (!begun) {
      co_await let_go();
      co_return context_->fail(begun.error());
    }
    signals_.emplace(context_->executor());
    tasks_.spawn(show_output());
    tasks_.spawn(watch_signals());
    while (!status_) {
      const auto until = output_.passed_by() ? std::min(end_, Clock::now() + kOurTurn) : end_;
      const bool told = co_await done_.wait_until(until);
      if (!told && output_.passed_by())
        finish(to_int(ExitCode::failed),
               "ptyctl: the shell of session " + name() + " ran something else than what was typed\n");
      if (!told && Clock::now() >= end_)
        finish(to_int(ExitCode::timed_out), "ptyctl: timed out; the command goes on in session " + name() + "\n");
    }
    co_await tasks_.close();
    co_await let_go();
    signals_->close();
    if (!options_.raw && !context_->json()) context_->print(filter_.finish());
    context_->note(note_);
    co_return *status_;
  }

 private:
  std::string name() const { return escape_text(info_.name()); }

  void finish(int status, std::string note = {}) {
    if (!status_) {
      status_ = status;
      note_ = std::move(note);
    }
    done_.notify();
  }

  // Types when the prompt is there and the screen is still what it was then.
  asio::awaitable<Result<void>> begin(std::string text) {
    auto hold = co_await hold_input(client_, info_.id(), options_.lease);
    if (!hold) co_return hold.error();
    hold_ = std::move(*hold);
    v1::SendRequest send;
    send.set_session(info_.id());
    const auto stream = random_bytes16();
    send.set_input_stream(std::string(stream.begin(), stream.end()));
    send.set_lease(hold_.token);
    send.set_data(std::move(text));
    for (;;) {
      const auto prompt = co_await find_prompt(client_, info_, end_);
      if (!prompt) co_return prompt.error();
      AttachParameters parameters;
      parameters.direct = false;  // nobody types, and the end is soon
      parameters.session = info_.id();
      parameters.role = v1::OBSERVER;
      parameters.flow = v1::LOSSLESS;
      parameters.from_offset = prompt->offset;
      auto attached = co_await AttachedSession::attach(context_->executor(), client_,
                                                       context_->connector(Autostart::yes), std::move(parameters));
      if (!attached) co_return attached.error();
      send.set_if_screen(prompt->hash);
      auto sent = co_await client_->call(send, context_->deadline());
      if (!sent && sent.error().code == errc::unavailable) sent = co_await send_again(send);
      if (sent) {
        session_ = std::move(*attached);
        begun_at_ = prompt->offset;
        co_return Result<void>();
      }
      const bool changed = sent.error().code == errc::failed_precondition && sent.error().subject == "guard";
      if (!changed) co_return sent.error();
    }
  }

  // By another daemon. It may have been typed: the stream tells that.
  asio::awaitable<Result<v1::SendReply>> send_again(v1::SendRequest send) {
    auto next = co_await connect_again(context_);
    if (!next) co_return next.error();
    client_ = std::move(*next);
    auto hold = co_await hold_input(client_, info_.id(), options_.lease);
    if (!hold) co_return hold.error();
    hold_ = std::move(*hold);
    send.set_lease(hold_.token);
    send.clear_if_screen();
    co_return co_await client_->call(std::move(send), context_->deadline());
  }

  asio::awaitable<void> let_go() {
    auto hold = std::exchange(hold_, InputHold());
    co_await let_go_of_input(client_, info_.id(), std::move(hold));
  }

  asio::awaitable<void> show_output() {
    for (;;) {
      auto chunk = co_await session_->read();
      switch (chunk.kind) {
        case AttachedChunk::Kind::output: print(output_.feed(chunk.data)); break;
        case AttachedChunk::Kind::gap:
          context_->note("ptyctl: " + std::to_string(chunk.end - chunk.offset) + " bytes were skipped\n");
          break;
        case AttachedChunk::Kind::ended: finish_with(chunk.ended); co_return;
        case AttachedChunk::Kind::failed: finish(context_->fail(chunk.error)); co_return;
        default: break;
      }
      if (output_.state() == CommandOutput::State::ended) finish_told();
      if (output_.passed_by()) done_.notify();
      if (output_failed()) finish(to_int(ExitCode::failed));
      if (status_) co_return;
    }
  }

  void print(const std::string& data) {
    if (data.empty()) return;
    if (context_->json())
      context_->print_json(history_json(begun_at_ + output_.position() - data.size(), data));
    else
      context_->print(options_.raw ? data : filter_.feed(data));
  }

  void finish_told() {
    const auto code = output_.exit_code();
    if (context_->json()) context_->print_json(executed_json(code));
    if (code) return finish(*code & 0xff);
    finish(to_int(ExitCode::failed), "ptyctl: the command has ended; the shell did not tell its status\n");
  }

  void finish_with(const v1::Ended& ended) {
    if (ended.reason() != v1::ENDED_BY_EXIT) return finish(exit_code_for(ended, context_->codes()));
    const bool wide = context_->codes() == ExitCodes::wide;
    finish(wide ? to_int(ExitCode::ended_before) : exit_code_for(ended, context_->codes()),
           "ptyctl: session " + name() + " has ended with the command\n");
  }

  // Ctrl-C is for the command; twice, it is for us.
  asio::awaitable<void> watch_signals() {
    bool interrupted = false;
    for (;;) {
      const auto signal = co_await signals_->next();
      if (signal.kind == TerminalSignal::Kind::closed) co_return;
      if (signal.kind != TerminalSignal::Kind::end) continue;
      if (signal.number != SIGINT || interrupted) {
        finish(kSignalled + signal.number, "ptyctl: the command goes on in session " + name() + "\n");
        co_return;
      }
      interrupted = true;
      const auto sent = co_await press_ctrl_c();
      if (!sent)
        context_->note("ptyctl: Ctrl-C was not typed: " + escape_text(sent.error().message) +
                       "; once more ends ptyctl, and the command goes on\n");
    }
  }

  // When the lease is over, as everybody who names none: a person who took over is left alone, until they have done.
  asio::awaitable<Result<v1::SendReply>> press_ctrl_c() {
    v1::SendRequest send;
    send.set_session(info_.id());
    send.set_lease(hold_.token);
    send.add_keys("C-c");
    auto sent = co_await client_->call(send, context_->deadline());
    if (!sent && sent.error().code == errc::unavailable) {
      auto next = co_await connect_again(context_);
      if (!next) co_return next.error();
      client_ = std::move(*next);
      sent = co_await client_->call(send, context_->deadline());
    }
    if (sent || sent.error().code != errc::busy || send.lease().empty()) co_return sent;
    send.clear_lease();
    co_return co_await client_->call(std::move(send), context_->deadline());
  }

  CommandContext* context_;
  std::shared_ptr<Client> client_;
  v1::SessionInfo info_;
  ExecOptions options_;
  Clock::time_point end_;
  std::unique_ptr<AttachedSession> session_;
  InputHold hold_;
  std::optional<TerminalSignals> signals_;
  std::uint64_t begun_at_ = 0;
  CommandOutput output_;
  PlainTextFilter filter_;
  std::optional<int> status_;
  std::string note_;
  AsyncEvent done_;
  TaskGroup tasks_;
};

Result<void> check_daemon(const Client& client) {
  v1::WaitRequest needs;
  needs.add_conditions();
  needs.mutable_send()->set_if_screen("needed");
  return check_features(client, needs);
}

}  // namespace

CommandResult run_exec(CommandContext* context, ExecOptions options) {
  auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return context->fail(client.error());
  if (auto known = check_daemon(**client); !known) co_return context->fail(known.error());
  const auto session = co_await find_one_session(*client, options.session, context->deadline());
  if (!session) co_return context->fail(session.error());
  v1::InspectRequest inspect;
  inspect.set_session(*session);
  const auto reply = co_await (*client)->call(inspect, context->deadline());
  if (!reply) co_return context->fail(reply.error());
  if (reply->session().state() != v1::RUNNING)
    co_return context->fail(
        Error{errc::session_ended, "session " + escape_text(reply->session().name()) + " has ended"});
  Execution execution(context, std::move(*client), reply->session(), std::move(options));
  co_return co_await execution.run();
}

}  // namespace ptyd
