// The request that waits for sessions.
#include <algorithm>

#include "daemon/core/wait_tally.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/server/handlers.hpp"
#include "daemon/server/request_fields.hpp"
#include "daemon/server/send_plan.hpp"
#include "daemon/server/wait_request.hpp"
#include "proto/limits.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

// Of texts in a reply, which must fit a frame with all else: beyond it they are left out.
constexpr std::size_t kMaxTexts = 256 * 1024;

// Shared with what is told by the sessions, which may come when nobody waits any more.
struct Gathered {
  Gathered(std::size_t sessions, std::size_t conditions, bool any) : tally(sessions, conditions, any) {}
  WaitTally tally;
  v1::WaitReply reply;
  std::size_t text_bytes = 0;
};

// One wait. Takes its watches off when it is destroyed.
class Wait {
 public:
  Wait(OpenRequestPtr open, WaitPlan plan)
      : open_(std::move(open)),
        plan_(std::move(plan)),
        gathered_(std::make_shared<Gathered>(plan_.sessions.size(), plan_.conditions.size(), plan_.any)) {
    for (const auto& session : plan_.sessions) {
      waiting_.push_back(std::make_unique<Waiting>(session->exit_waiters(), open_->wake));
      waiting_.push_back(std::make_unique<Waiting>(session->attach_waiters(), open_->wake));
    }
  }
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;
  ~Wait() {
    for (std::size_t i = 0; i < watches_.size(); ++i) plan_.sessions[i]->unwatch(watches_[i]);
  }

  const WaitPlan& plan() const noexcept { return plan_; }
  v1::WaitReply& reply() noexcept { return gathered_->reply; }

  // Begins to look at the screens.
  void watch() {
    if (!plan_.of_screen) return;
    for (std::size_t i = 0; i < plan_.sessions.size(); ++i) {
      const auto& session = plan_.sessions[i];
      ScreenWatch::Spec spec{plan_.conditions, plan_.patterns, plan_.from_offset.value_or(session->ring().head()),
                             plan_.only_new};
      const auto on_hit = [gathered = gathered_, open = open_, i](const WatchHit& hit) {
        add_result(*gathered, i, hit);
        open->wake.notify();
      };
      watches_.push_back(std::make_shared<ScreenWatch>(std::move(spec), Clock::now(), on_hit));
      session->watch(watches_.back());
    }
  }

  // Until the conditions hold, or can't any more.
  asio::awaitable<Result<void>> run() {
    for (;;) {
      for (std::size_t i = 0; i < plan_.sessions.size(); ++i) {
        // Asked once: the host may tell of the end at any instant.
        const bool complete = plan_.sessions[i]->complete();
        look_at_session(i, complete);
        if (!complete || !open_for(i)) continue;
        // The screen may not have seen the last output yet.
        ScreenFollower::Look nothing = [](const screen::Terminal&, bool) {};
        if (plan_.of_screen) static_cast<void>(co_await plan_.sessions[i]->look(std::move(nothing)));
        for (std::size_t k = 0; k < plan_.conditions.size(); ++k) gathered_->tally.hopeless(i, k);
      }
      const auto outcome = gathered_->tally.outcome();
      if (outcome != WaitOutcome::waiting) {
        reply().set_outcome(outcome == WaitOutcome::held ? v1::WAIT_HELD : v1::WAIT_ENDED);
        co_return Result<void>();
      }
      if (open_->cancelled) co_return Error{errc::cancelled, "cancelled by the client"};
      if (Clock::now() >= open_->deadline)
        co_return Error{errc::deadline_exceeded, "what was waited for did not happen in time"};
      co_await open_->wake.wait();
    }
  }

 private:
  static void add_result(Gathered& gathered, std::size_t session, const WatchHit& hit) {
    if (!gathered.tally.open(session, hit.condition)) return;
    gathered.tally.held(session, hit.condition);
    auto* const result = gathered.reply.add_results();
    result->set_session(static_cast<std::uint32_t>(session));
    result->set_condition(static_cast<std::uint32_t>(hit.condition));
    result->set_offset(hit.offset);
    gathered.text_bytes += hit.text.size() + hit.line.size();
    if (gathered.text_bytes <= kMaxTexts) {
      result->set_text(hit.text);
      result->set_line(hit.line);
    }
    if (hit.exit_code) result->set_exit_code(*hit.exit_code);
    result->set_incomplete(hit.incomplete);
  }

  bool open_for(std::size_t session) const {
    for (std::size_t k = 0; k < plan_.conditions.size(); ++k)
      if (gathered_->tally.open(session, k)) return true;
    return false;
  }

  // What is not the screen's to tell.
  void look_at_session(std::size_t i, bool complete) {
    const auto& session = *plan_.sessions[i];
    for (std::size_t k = 0; k < plan_.conditions.size(); ++k) {
      const auto kind = plan_.conditions[k].kind;
      const bool holds =
          (kind == WaitKind::exit && complete) || (kind == WaitKind::attached && !session.attachments().empty());
      WatchHit hit;
      hit.condition = k;
      hit.offset = session.ring().head();
      if (holds) add_result(*gathered_, i, hit);
    }
  }

  OpenRequestPtr open_;
  WaitPlan plan_;
  std::shared_ptr<Gathered> gathered_;
  std::vector<std::unique_ptr<Waiting>> waiting_;
  std::vector<std::shared_ptr<ScreenWatch>> watches_;
};

// Types first. The watches begin between the last look at a guard and the typing.
asio::awaitable<Result<void>> type_first(Wait* wait, OpenRequestPtr open, ClientIdentity client,
                                         v1::SendRequest request) {
  auto plan = SendPlan::check(std::move(request));
  if (!plan) co_return plan.error();
  const auto session = wait->plan().sessions.front();
  const auto ready = co_await plan->prepare(session);
  if (!ready) co_return ready.error();
  wait->watch();
  auto typed = co_await plan->type(session, client, open->deadline, nullptr);
  if (typed.accepted > 0) session->note_typed(client, typed.accepted);
  auto reply = reply_of(std::move(typed));
  if (!reply) co_return reply.error();
  *wait->reply().mutable_send() = std::move(*reply);
  co_return Result<void>();
}

// One that does not fit beside the rest is left out, but for what tells of it.
void add_screen(v1::WaitReply& reply, v1::ScreenReply screen) {
  constexpr std::size_t kRoom = kMaxReply - 1024;
  if (reply.ByteSizeLong() + screen.ByteSizeLong() > kRoom) {
    screen.clear_screen();
    screen.clear_text();
    screen.clear_data();
    screen.set_truncated(true);
  }
  *reply.mutable_screen() = std::move(screen);
}

}  // namespace

LaterReply handle_wait(ConnectionPtr connection, OpenRequestPtr open, v1::WaitRequest request) {
  auto plan = plan_wait(connection->state(), request);
  if (!plan) co_return plan.error();
  const auto slots = WaitSlots::take(connection, *plan);
  if (!slots) co_return slots.error();
  Wait wait(open, std::move(*plan));
  if (request.has_send()) {
    const auto typed = co_await type_first(&wait, open, connection->identity(), std::move(*request.mutable_send()));
    if (!typed) co_return typed.error();
  } else {
    wait.watch();
  }
  const auto held = co_await wait.run();
  if (!held) co_return held.error();
  v1::Response response;
  auto& reply = *response.mutable_wait();
  reply = std::move(wait.reply());
  for (const auto& session : wait.plan().sessions)
    if (session->complete()) *reply.add_sessions() = describe(*session);
  if (request.has_screen()) {
    request.mutable_screen()->set_session(request.sessions(0));
    auto screen = co_await handle_screen(connection, open, std::move(*request.mutable_screen()));
    if (!screen) co_return screen.error();
    add_screen(reply, std::move(*screen->mutable_screen()));
  }
  co_return response;
}

}  // namespace ptyd
