// AttachedSession: output and input without the daemon in between. What comes by both ways is one stream each: of
// output by the cursor, of input by the host, whichever way a byte has come.
#include <algorithm>
#include <limits>
#include <utility>

#include "client/ptyd/attached_session_impl.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kJoinDeadline{5'000};
constexpr std::chrono::milliseconds kJoinAgain{100};
constexpr int kJoinTries = 5;
constexpr std::size_t kDirectChunk = 64 * 1024;
// Begins what only the daemon can tell from keys: a terminal's answers.
constexpr char kEscape = '\x1b';

bool offered(const v1::Welcome& welcome) {
  const auto& features = welcome.features();
  return std::find(features.begin(), features.end(), "direct") != features.end();
}

DirectPath::Id id_of(const std::string& bytes) {
  DirectPath::Id id{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), id.size()), id.begin());
  return id;
}

}  // namespace

bool AttachedSession::Impl::wants_direct() const {
  const auto* const to = connection();
  return parameters_.direct && !direct_tried_ && to != nullptr && !final_ && !stopping_ && to->local() &&
         offered(to->welcome());
}

// Whatever goes wrong, the daemon's way is there. A host that has just died may have another one soon.
asio::awaitable<void> AttachedSession::Impl::go_direct() {
  const auto self = shared_from_this();
  direct_tried_ = true;
  const auto on = attaching_;
  const auto joined = co_await join_host(on);
  if (stopping_ || on.get() != connection()) co_return;
  if (joined) {
    direct_failures_ = 0;
    read_directly(true);
  } else if (joined.error().code == errc::unavailable && ++direct_failures_ < kJoinTries) {
    direct_again_at_ = std::chrono::steady_clock::now() + kJoinAgain * direct_failures_;
  }
}

asio::awaitable<Result<void>> AttachedSession::Impl::join_host(std::shared_ptr<ClientConnection> on) {
  const auto self = shared_from_this();
  v1::Request request;
  request.mutable_direct()->set_attachment(number_);
  const auto known = direct_ && direct_->open() ? direct_ : nullptr;
  if (known) request.mutable_direct()->set_token(known->token().data(), known->token().size());
  std::weak_ptr<AttachmentSink> nobody;
  const auto response = co_await on->request(std::move(request), kJoinDeadline, std::move(nobody));
  if (!response) co_return response.error();
  if (!response->has_direct()) co_return Error{errc::malformed, "the daemon gave no proper answer"};
  if (known && known->open()) co_return Result<void>();
  const auto& reply = response->direct();
  auto joined = co_await DirectPath::join(executor_, reply.host_socket(), id_of(reply.token()), id_of(input_stream_),
                                          kJoinDeadline);
  if (!joined) co_return joined.error();
  if (stopping_ || final_) {
    (*joined)->shut_down();
    co_return Result<void>();
  }
  direct_ = std::move(*joined);
  direct_->use(weak_from_this());
  co_return Result<void>();
}

// From now on, when the output is where it may go on there.
void AttachedSession::Impl::read_directly(bool on) {
  const auto next = cursor_.resume_offset();
  direct_reading_ = on && next && direct_ && direct_->open() && connection() != nullptr;
  if (!direct_reading_) return;
  connection()->send_progress(number_, *next, true);
  progress_told_ = *next;
  arrived_.notify();
}

std::optional<AttachedChunk> AttachedSession::Impl::next_direct_chunk() {
  const auto next = reads_directly() ? cursor_.resume_offset() : std::nullopt;
  if (!next) return std::nullopt;
  auto bytes = direct_->read(*next, kDirectChunk);
  if (!bytes) {
    fall_out(*next);
    return std::nullopt;
  }
  if (bytes->empty()) {
    direct_->wake_at(*next, draining_ > 0 ? backlog_.end() : DirectPath::kNever);
    return std::nullopt;
  }
  AttachedChunk chunk;
  chunk.offset = *next;
  chunk.data = std::move(*bytes);
  cursor_.advance(chunk.data.size());
  const auto now = *next + chunk.data.size();
  if (connection() != nullptr && now - progress_told_ >= direct_->progress_step()) {
    connection()->send_progress(number_, now, true);
    progress_told_ = now;
  }
  return chunk;
}

// The ring has no more what comes next: it is still on its way from the daemon, or that knows what to do about it.
void AttachedSession::Impl::fall_out(std::uint64_t next) {
  direct_reading_ = false;
  if (connection() == nullptr)
    return tell_lost(lost_.value_or(Error{errc::unavailable, "the connection to the daemon is lost"}));
  connection()->send_progress(number_, next, false);
  direct_again_at_ = std::chrono::steady_clock::now() + kJoinAgain;
  work_.notify();
}

void AttachedSession::Impl::direct_news() {
  if (stopping_ || !direct_) return;
  take_accepted();
  if (!direct_->open()) return leave_direct();
  arrived_.notify();
}

// The host is gone, or the daemon has let us out.
void AttachedSession::Impl::leave_direct() {
  const bool was_reading = std::exchange(direct_reading_, false);
  direct_.reset();
  if (std::exchange(sizes_under_way_, 0) > 0) tell_size(0);
  if (connection() != nullptr) {
    if (const auto next = cursor_.resume_offset(); was_reading && next)
      connection()->send_progress(number_, *next, false);
    direct_tried_ = !was_reading;
    backlog_.rewind();
    sent_directly_ = backlog_.accepted();
    pump_input();
  } else if (lost_ && was_reading) {
    tell_lost(*lost_);
  }
  work_.notify();
}

void AttachedSession::Impl::take_accepted() {
  if (!direct_) return;
  const auto accepted = direct_->accepted();
  if (accepted <= backlog_.accepted() || !backlog_.acknowledge(accepted, accepted + host::kInputWindow)) return;
  room_.notify();
  drained_.notify();
}

void AttachedSession::Impl::direct_refused() {
  if (stopping_ || !direct_) return;
  take_accepted();
  backlog_.rewind();
  sent_directly_ = backlog_.accepted();
  sent_by_daemon_ = std::max(sent_by_daemon_, backlog_.end());
  pump_input();
}

// True when nothing is left to go another way. The daemon is asked to look at what may be more than keys, and to keep
// what is more than the program reads.
bool AttachedSession::Impl::type_directly() {
  take_accepted();
  const bool may = direct_ && direct_->may_type() && sent_by_daemon_ <= backlog_.accepted() &&
                   backlog_.unsent() <= host::kMaxGuestInput;
  while (may && backlog_.unsent() > 0) {
    const auto piece = backlog_.next(host::kMaxGuestInput);
    if (piece.data.empty() || piece.data.find(kEscape) != std::string_view::npos) break;
    if (!direct_->type(piece.offset, piece.data, direct_->head())) break;
    backlog_.sent(piece.data.size());
    sent_directly_ = piece.offset + piece.data.size();
  }
  const bool under_way = direct_ && sent_directly_ > backlog_.accepted();
  if (backlog_.unsent() > 0) {
    if (!under_way || connection() == nullptr) return false;
    // What the host gets twice it leaves out.
    backlog_.rewind();
    sent_directly_ = backlog_.accepted();
    return false;
  }
  if (under_way && draining_ > 0) direct_->wake_at(direct_->head(), backlog_.end());
  return under_way;
}

// ---------------------------------------------------------------- the size

bool AttachedSession::Impl::size_directly(const v1::WindowSize& size) {
  constexpr std::uint32_t kMost = std::numeric_limits<std::uint16_t>::max();
  if (std::max({size.cols(), size.rows(), size.x_pixels(), size.y_pixels()}) > kMost)
    return false;  // the daemon says why
  const auto narrow = [](std::uint32_t value) { return static_cast<std::uint16_t>(value); };
  const host::Resize wanted{narrow(size.cols()), narrow(size.rows()), narrow(size.x_pixels()), narrow(size.y_pixels())};
  if (!direct_ || !direct_->resize(wanted)) return false;
  ++sizes_under_way_;
  return true;
}

// Of several the newest is told.
void AttachedSession::Impl::direct_sized(std::optional<std::uint32_t> turn) {
  if (stopping_ || sizes_under_way_ == 0 || --sizes_under_way_ > 0) return;
  tell_size(turn.value_or(0));
}

// While there is no connection nothing is lost: attaching again tells it.
void AttachedSession::Impl::tell_size(std::uint32_t turn) {
  if (connection() == nullptr || !parameters_.size) return;
  v1::Request request;
  request.mutable_set_size()->set_attachment(number_);
  *request.mutable_set_size()->mutable_size() = *parameters_.size;
  request.mutable_set_size()->set_host_turn(turn);
  connection()->tell(std::move(request));
}

}  // namespace ptyd
