#include "daemon/session/screen_follower.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>
#include <new>
#include <utility>

#include "common/log_exception.hpp"
#include "daemon/screen/checkpoint.hpp"
#include "ptyd/version.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

// Of the number in front of a checkpoint, which counts answers: the screen is approximate.
constexpr std::uint64_t kApproximate = std::uint64_t{1} << 63;

constexpr std::chrono::milliseconds kSyncPoll{5};  // how often the end of an update is looked for

// A palette entry or a dynamic colour that the program has set is what it is; others are the attached terminal's.
bool is_terminals_own(std::string_view reply, const screen::Palette& palette) {
  if (reply.starts_with("\x1b]10;")) return !palette.foreground;
  if (reply.starts_with("\x1b]11;")) return !palette.background;
  if (reply.starts_with("\x1b]12;")) return !palette.cursor;
  return true;
}

}  // namespace

ScreenFollower::ScreenFollower(ScreenThread& thread, asio::any_io_executor loop, const RingView& ring,
                               NewsHandler on_news, IdleHandler on_idle)
    : thread_(thread),
      loop_(std::move(loop)),
      on_news_(std::move(on_news)),
      on_idle_(std::move(on_idle)),
      watch_timer_(loop_),
      ring_(&ring) {}

// ---------------------------------------------------------------- on the loop

void ScreenFollower::start(ScreenSetup setup) {
  started_ = true;
  post_job([this, setup = std::move(setup)] { restore(setup); });
  for (auto& early : std::exchange(early_, {})) look(std::move(early.look), std::move(early.done));
}

void ScreenFollower::follow() {
  if (jobs_ > 0) {
    follow_again_ = true;
    return;
  }
  if (!started_ || ring_ == nullptr) return;
  if (!may_read_inline()) return post_job([] {});
  try {
    read_slice(kInline);
    look_at_watches();
  } catch (const std::bad_alloc&) {
    start_over();
  }
  if (on_news_) on_news_(take_news());
  // A wait that has just begun may have to read what came before.
  if (terminal_ != nullptr && watches_.behind(*terminal_)) post_job([] {});
  idle();
}

void ScreenFollower::idle() {
  if (jobs_ > 0) return;
  if (std::exchange(follow_again_, false)) return follow();
  arm_watch_timer();
  if (on_idle_) on_idle_();
}

void ScreenFollower::look(Look look, Done done) {
  if (ring_ == nullptr) {
    asio::post(loop_, [done = std::move(done)] { done(false); });
    return;
  }
  if (!started_) return early_.push_back({std::move(look), std::move(done), 0, {}});
  auto pending =
      std::make_shared<Pending>(Pending{std::move(look), std::move(done), ring_->head(), Clock::now() + kSyncWait});
  post_job([this, pending] { pending_.push_back(std::move(*pending)); });
}

void ScreenFollower::stop() noexcept {
  on_news_ = nullptr;
  on_idle_ = nullptr;
  watch_timer_.cancel();
  for (auto& early : early_) answer(early, false);
  early_.clear();
  const std::lock_guard lock(ring_mutex_);
  ring_ = nullptr;
}

void ScreenFollower::post_job(std::function<void()> job) {
  ++jobs_;
  thread_.post([self = shared_from_this(), job = std::move(job)] {
    job();
    if (self->stepping_) return self->finish_job();  // the steps of an earlier job go on with what this one brought
    self->stepping_ = true;
    self->step();
  });
}

// ---------------------------------------------------------------- on the screen thread

void ScreenFollower::finish_job() {
  asio::post(loop_, [self = shared_from_this()] {
    --self->jobs_;
    self->idle();
  });
}

void ScreenFollower::step() {
  bool more = false;
  try {
    if (terminal_ == nullptr) start_over();
    more = read_slice(watches_.empty() ? kSlice : watched_slice());
    more = catch_up_watches() || more;
    look_at_watches();
    // One that has just begun may have to read what came before.
    more = more || (terminal_ != nullptr && watches_.behind(*terminal_));
    deliver();
    if (!more) serve_looks();
  } catch (const std::bad_alloc&) {
    start_over();
    for (auto& pending : std::exchange(pending_, {})) answer(pending, false);
  }
  if (more) {
    thread_.post([self = shared_from_this()] { self->step(); });
  } else if (!pending_.empty()) {
    thread_.post_after(kSyncPoll, [self = shared_from_this()] { self->step(); });
  } else {
    stepping_ = false;
    finish_job();
  }
}

bool ScreenFollower::read_slice(std::size_t bytes) {
  const std::lock_guard lock(ring_mutex_);
  if (ring_ == nullptr || terminal_ == nullptr) return false;
  for (std::size_t left = bytes; left > 0;) {
    const auto fed = feed_some(*ring_, left);
    if (fed == 0) return false;
    left -= std::min(left, fed);
  }
  return true;
}

// Up to the next change of size. 0: there is no more.
std::size_t ScreenFollower::feed_some(const RingView& ring, std::size_t bytes) {
  const auto head = ring.head();
  const auto until = std::min(head, apply_sizes(ring));
  const auto offset = terminal_->offset();
  if (offset < ring.oldest()) {
    begin_at(ring.oldest());
    return 1;
  }
  if (offset >= until) return offset < head ? 1 : 0;
  bytes = watches_.before_output(*terminal_, std::min<std::uint64_t>(bytes, until - offset), Clock::now());
  const auto spans = ring.read(offset, bytes);
  for (const auto& span : {spans.first, spans.second})
    if (!span.empty()) terminal_->feed(text_of(span));
  watches_.output(*terminal_, text_of(spans.first), text_of(spans.second), Clock::now());
  // It may have been overwritten while it was read: then the host did not know of our floor.
  approximate_ = approximate_ || offset < ring.oldest();
  // With the changes of size behind it: the ring remembers few of them.
  if (terminal_->offset() - checkpoint_at_ >= setup_.checkpoint_bytes || sizes_since_ >= kCheckpointSizes)
    make_checkpoint();
  return spans.size();
}

// The offset up to which the size stays what it is now.
std::uint64_t ScreenFollower::apply_sizes(const RingView& ring) {
  const auto first = ring.size_changes(next_size_, sizes_);
  const auto offset = terminal_->offset();
  const bool lost = first > next_size_;
  // Those that it has seen before it was saved do not matter.
  if (lost && (next_size_ > 0 || sizes_.empty() || sizes_.front().offset >= checkpoint_at_)) approximate_ = true;
  std::size_t applied = 0;
  while (applied < sizes_.size() && sizes_[applied].offset <= offset) {
    const auto& change = sizes_[applied++];
    sizes_since_ += change.offset >= checkpoint_at_ ? 1 : 0;
    // Of those before it began, or was saved, only the last one counts. Each of the others does, whoever looked in
    // between: a screen that was made smaller and large again is not what it was.
    const bool over = change.offset < checkpoint_at_ && applied < sizes_.size() && sizes_[applied].offset <= offset;
    if (!over) terminal_->resize(change.size.rows, change.size.cols, change.size.x_pixels, change.size.y_pixels);
  }
  next_size_ = first + applied;
  return applied < sizes_.size() ? sizes_[applied].offset : ~std::uint64_t{0};
}

void ScreenFollower::serve_looks() {
  const bool patient = terminal_ != nullptr && terminal_->state().on(screen::Mode::synchronized);
  const auto now = Clock::now();
  std::vector<Pending> later;
  for (auto& pending : std::exchange(pending_, {})) {
    if (patient && now < pending.patience) {
      later.push_back(std::move(pending));
      continue;
    }
    bool seen = false;
    try {
      if (terminal_ != nullptr) pending.look(*terminal_, approximate_);
      seen = terminal_ != nullptr;
    } catch (const std::bad_alloc&) {
      log_exception("a look at a screen", std::current_exception());
    }
    answer(pending, seen);
  }
  pending_ = std::move(later);
}

void ScreenFollower::answer(Pending& pending, bool seen) {
  asio::post(loop_, [done = std::move(pending.done), seen] { done(seen); });
}

// ---------------------------------------------------------------- checkpoints

// Right behind output: no size at this offset counts yet.
void ScreenFollower::make_checkpoint() {
  checkpoint_at_ = terminal_->offset();
  sizes_since_ = 0;
  const std::uint64_t count = answered_ | (approximate_ ? kApproximate : 0);
  std::string bytes(sizeof count, '\0');
  std::memcpy(bytes.data(), &count, sizeof count);
  news_.checkpoint = screen::save_checkpoint(*terminal_, std::move(bytes));
  news_.checkpoint_at = checkpoint_at_;
}

screen::TerminalOptions ScreenFollower::terminal_options() const {
  screen::TerminalOptions options;
  options.scrollback = setup_.scrollback;
  options.version = std::string("ptyd ") + kVersion;
  return options;
}

void ScreenFollower::restore(const ScreenSetup& setup) {
  setup_ = setup;
  const std::string_view bytes = setup.checkpoint;
  try {
    if (bytes.size() > sizeof answered_) {
      const screen::TerminalOptions options = terminal_options();
      auto saved = screen::load_checkpoint(bytes.substr(sizeof answered_), options, this);
      if (saved) {
        terminal_ = std::make_unique<screen::Terminal>(std::move(*saved));
        terminal_->set_listener(this);
        std::memcpy(&answered_, bytes.data(), sizeof answered_);
        approximate_ = (answered_ & kApproximate) != 0;
        answered_ &= ~kApproximate;
        news_.restored_at = checkpoint_at_ = terminal_->offset();
        command_runs_ = terminal_->state().shell.phase == screen::ShellState::Phase::running;
        note_cwd();
      }
    }
    setup_.checkpoint = {};
    if (terminal_ == nullptr) begin_at(0);
  } catch (const std::bad_alloc&) {
    start_over();
  }
}

// A new screen for output from `offset` on, or from where there is some.
void ScreenFollower::begin_at(std::uint64_t offset) {
  screen::TerminalOptions options = terminal_options();
  if (terminal_ != nullptr) {
    options.rows = terminal_->rows();
    options.columns = terminal_->columns();
  }
  screen::TerminalListener* const listener = this;
  terminal_ = std::make_unique<screen::Terminal>(options, listener);
  terminal_->set_offset(offset);
  watches_.start_over();
  checkpoint_at_ = offset;
  next_size_ = 0;
  sizes_since_ = 0;
  approximate_ = offset > 0;
}

void ScreenFollower::start_over() noexcept {
  try {
    const auto offset = terminal_ != nullptr ? terminal_->offset() : 0;
    terminal_.reset();
    begin_at(offset);
    approximate_ = true;
  } catch (const std::bad_alloc&) {
    terminal_.reset();  // tried again when there is more to do
  }
}

// ---------------------------------------------------------------- what the screen says

void ScreenFollower::on_query(screen::Query query, std::string_view reply, std::uint64_t offset) {
  ScreenNews::Answer answer;
  answer.text = reply;
  answer.offset = answered_;
  answer.position = query == screen::Query::cursor_position;
  answer.color = query == screen::Query::color && is_terminals_own(reply, terminal_->state().palette);
  answer.late = offset <= setup_.late_before;
  answered_ += reply.size();
  news_.answers.push_back(std::move(answer));
}

bool ScreenFollower::is_news() const noexcept {
  return terminal_ != nullptr && terminal_->offset() + terminal_->parser().position() > setup_.told_before;
}

void ScreenFollower::on_bell() {
  if (is_news()) ++news_.bells;
}

void ScreenFollower::on_title() {
  if (is_news()) news_.title = terminal_->state().title;
}

void ScreenFollower::note_cwd() {
  const auto& cwd = terminal_->state().cwd;
  cwd_ = cwd.empty() ? nullptr : std::make_shared<const std::string>(cwd);
}

void ScreenFollower::on_cwd() {
  note_cwd();
  if (is_news()) news_.cwd = terminal_->state().cwd;
}

void ScreenFollower::on_shell() {
  using Phase = screen::ShellState::Phase;
  const auto& shell = terminal_->state().shell;
  const bool begins = shell.phase == Phase::running;
  const bool ends = shell.phase == Phase::done;
  // A prompt only tells that a command is over.
  if (!begins && !ends && !std::exchange(command_runs_, false)) return;
  command_runs_ = begins;
  if (news_.commands.size() == ScreenNews::kMaxCommands) {
    ++news_.commands_skipped;
    return;
  }
  CommandMark mark;
  mark.kind = begins ? CommandMark::Kind::started : ends ? CommandMark::Kind::ended : CommandMark::Kind::prompt;
  mark.begin = shell.mark_begin;
  mark.end = shell.mark_end;
  mark.ended_before = shell.commands;
  if (ends) mark.exit_code = shell.exit_code;
  if (begins) mark.cwd = cwd_;
  if (begins && news_.command_texts < ScreenNews::kMaxCommandTexts) mark.text = shell.command;
  news_.command_texts += mark.text.size();
  news_.commands.push_back(std::move(mark));
  if (!is_news()) news_.old_commands = news_.commands.size();
}

ScreenNews ScreenFollower::take_news() {
  auto news = std::exchange(news_, {});
  if (terminal_ != nullptr) news.parsed = terminal_->offset();
  if (terminal_ != nullptr) news.generation = terminal_->generation();
  news.approximate = approximate_;
  if (!watches_.empty()) news.hits = watches_.take_hits();
  return news;
}

void ScreenFollower::deliver() {
  asio::post(loop_, [self = shared_from_this(), news = take_news()]() mutable {
    if (self->on_news_) self->on_news_(std::move(news));
  });
}

}  // namespace ptyd
