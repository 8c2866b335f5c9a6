// Session: as one program hands it to the next.
#include <algorithm>
#include <cstring>

#include "common/boot_clock.hpp"
#include "daemon/handover/saved_client.hpp"
#include "daemon/hostwire/host_channel.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

SavedTime saved_time(Clock::time_point time) { return time.time_since_epoch().count(); }
Clock::time_point time_of(SavedTime saved) { return Clock::time_point(Clock::duration(saved)); }

std::chrono::nanoseconds boot_now() { return BootClock::now().time_since_epoch(); }

template <class T>
std::string saved_message(const T& message) {
  const auto bytes = bytes_of(message);
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

SavedHandle saved_handle(UniqueHandle::Native native) { return static_cast<SavedHandle>(native); }

SavedHost save_host(const HostLinkState& link) {
  SavedHost saved;
  saved.socket = saved_handle(link.channel.socket);
  saved.ring = saved_handle(link.ring);
  saved.wake = saved_handle(link.wake);
  saved.hello = saved_message(link.hello);
  saved.received = link.channel.received;
  for (const auto handle : link.channel.handles) saved.handles.push_back(saved_handle(handle));
  for (const auto& message : link.channel.queued) saved.queued.push_back({message.bytes, saved_handle(message.handle)});
  for (const auto type : link.awaited) saved.awaited.push_back(static_cast<std::uint16_t>(type));
  saved.lost = link.lost;
  saved.pid = link.host_pid;
  saved.process = saved_handle(link.host);
  saved.counts = saved_handle(link.counts);
  saved.terminal = saved_handle(link.terminal);
  saved.memory = saved_handle(link.memory);
  saved.program = saved_handle(link.program);
  saved.checkpoint = saved_handle(link.checkpoint);
  saved.checkpoint_offset = link.checkpoint_offset;
  saved.checkpoint_size = link.checkpoint_size;
  if (link.program_end) saved.program_end = saved_message(*link.program_end);
  return saved;
}

HostLinkState link_state(const SavedHost& saved) {
  HostLinkState link;
  link.channel.socket = saved.socket;
  link.channel.received = saved.received;
  link.channel.handles.assign(saved.handles.begin(), saved.handles.end());
  for (const auto& message : saved.queued) link.channel.queued.push_back({message.bytes, message.handle});
  link.ring = saved.ring;
  link.wake = saved.wake;
  for (const auto type : saved.awaited) link.awaited.push_back(static_cast<host::MessageType>(type));
  link.lost = saved.lost;
  link.host_pid = saved.pid;
  link.host = saved.process;
  link.counts = saved.counts;
  link.terminal = saved.terminal;
  link.memory = saved.memory;
  link.program = saved.program;
  link.checkpoint = saved.checkpoint;
  link.checkpoint_offset = saved.checkpoint_offset;
  link.checkpoint_size = saved.checkpoint_size;
  if (host::ProgramEnded end{}; decode(saved.program_end, end)) link.program_end = end;
  return link;
}

SavedLease save_lease(const HeldLease& held) {
  const auto& [kind, lease] = held;
  SavedLease saved;
  saved.kind = static_cast<std::uint8_t>(kind);
  saved.token = lease.token;
  saved.client = lease.holder.client;
  saved.name = lease.holder.name;
  saved.pid = lease.holder.pid;
  saved.since_ms = lease.since_ms;
  saved.expires_ms = lease.expires_ms;
  if (lease.until) {
    saved.until = saved_time(Clock::now() + (*lease.until - boot_now()));
    saved.until_boot_ns = static_cast<std::uint64_t>(lease.until->count());
  }
  saved.person = lease.person;
  return saved;
}

HeldLease lease_of(const SavedLease& saved) {
  HeldLease held;
  auto& [kind, lease] = held;
  kind = static_cast<LeaseKind>(saved.kind) == LeaseKind::size ? LeaseKind::size : LeaseKind::input;
  lease.token = saved.token;
  lease.holder = {saved.client, saved.name, saved.pid};
  lease.since_ms = saved.since_ms;
  lease.expires_ms = saved.expires_ms;
  if (saved.until_boot_ns > 0)
    lease.until = std::chrono::nanoseconds(static_cast<std::int64_t>(saved.until_boot_ns));
  else if (saved.until)
    lease.until = boot_now() + (time_of(*saved.until) - Clock::now());
  lease.person = saved.person;
  return held;
}

}  // namespace

std::optional<SavedSession> Session::save() const {
  const auto link = link_->state();
  if (!link) return std::nullopt;
  SavedSession saved;
  saved.record = encode_record(record_);
  saved.record_changed = record_puts_ > 0;
  saved.host = save_host(*link);
  saved.size = {size_.cols, size_.rows, size_.x_pixels, size_.y_pixels};
  for (const auto& piece : input_.pieces())
    saved.input.push_back({piece.stream, piece.offset, piece.data, piece.skipped});
  saved.input_handed_on = input_.handed_on();
  for (const auto& piece : input_.sent())
    saved.input_sent.push_back({piece.stream, piece.offset, piece.data, piece.skipped});
  saved.send_stream = send_stream_;
  saved.send_offset = send_offset_;
  saved.next_order = next_order_;
  saved.resyncs = resyncs_;
  saved.seen_long_lines = seen_long_lines_;
  saved.inherited_floor = inherited_floor_;
  saved.holders_expected = missing_holders_.count();
  saved.lost = lost_;
  saved.lost_at_ms = lost_at_.unix_ms;
  saved.lost_at_boot_ns = lost_at_.boot_ns;
  saved.forgotten = forgotten_;
  saved.exit_published = exit_published_;
  saved.stream_end_published = stream_end_published_;
  saved.linger_over = linger_over_;
  if (told_to_end_until_) saved.told_to_end_until = saved_time(*told_to_end_until_);
  for (const auto* attachment : attachments_)
    saved.attachments.push_back({attachment->spec().client.client, attachment->spec().number});
  saved.screen = screen_ != nullptr;
  saved.parsed = parsed_;
  saved.screen_approximate = screen_approximate_;
  saved.answer_stream = answer_stream_;
  for (const auto& [key, color] : answers_.colors()) saved.colors.push_back({key, color});
  saved.colors_untold = colors_untold_;
  if (position_asked_at_) saved.position_asked_at = saved_time(*position_asked_at_);
  for (const auto& held : leases_.held()) saved.leases.push_back(save_lease(held));
  saved.commands = commands_.save();
  return saved;
}

void Session::settle() { type_answers(Clock::time_point::max()); }

Result<std::shared_ptr<Session>> Session::resume(asio::any_io_executor executor, EventBus& events,
                                                 const SavedSession& saved) {
  auto state = link_state(saved.host);
  const bool understood = decode(saved.host.hello, state.hello);
  auto link = HostLink::resume(executor, std::move(state));
  if (!link) return link.error();
  auto record = decode_record(saved.record);
  if (!record) return record.error();
  if (!understood || (*link)->session_id() != record->id)
    return Error{errc::malformed, "the saved connection to a host belongs to another session"};
  auto session = std::make_shared<Session>(executor, events, std::move(*record), std::move(*link));
  session->restore(saved);
  return session;
}

void Session::restore(const SavedSession& saved) {
  size_ = {saved.size.cols, saved.size.rows, saved.size.x_pixels, saved.size.y_pixels};
  SmallDeque<InputQueue::Piece> pieces;
  for (const auto& piece : saved.input) pieces.push_back({piece.stream, piece.offset, piece.data, piece.skipped});
  SmallDeque<InputQueue::Piece> sent;
  for (const auto& piece : saved.input_sent) sent.push_back({piece.stream, piece.offset, piece.data, piece.skipped});
  input_.resume(std::move(pieces), saved.input_handed_on, std::move(sent));
  send_stream_ = saved.send_stream;
  send_offset_ = saved.send_offset;
  next_order_ = saved.next_order;
  resyncs_ = saved.resyncs;
  seen_long_lines_ = saved.seen_long_lines;
  inherited_floor_ = saved.inherited_floor;
  if (inherited_floor_) missing_holders_ = FloorReturn(ring().floor_names(), ring().floor_holders());
  lost_ = saved.lost;
  lost_at_ = {saved.lost_at_boot_ns, saved.lost_at_ms};
  forgotten_ = saved.forgotten;
  announced_ = true;
  exit_published_ = saved.exit_published;
  stream_end_published_ = saved.stream_end_published;
  linger_over_ = saved.linger_over;
  if (saved.told_to_end_until) told_to_end_until_ = time_of(*saved.told_to_end_until);
  for (const auto& color : saved.colors) answers_.learn({color.key, color.color});
  colors_untold_ = saved.colors_untold;
  if (saved.position_asked_at) position_asked_at_ = time_of(*saved.position_asked_at);
  for (const auto& lease : saved.leases) leases_.resume(lease_of(lease));
  if (auto log = CommandLog::load(saved.commands)) commands_ = std::move(*log);
}

std::unique_ptr<Attachment> Session::resume_attachment(OutputSink& sink, ClientIdentity client, std::uint64_t max_data,
                                                       const SavedAttachment& saved) {
  AttachSpec spec;
  spec.client = std::move(client);
  spec.max_data = max_data;
  auto attachment = std::make_unique<Attachment>(shared_from_this(), sink, std::move(spec));
  attachment->resume(saved);
  attachments_.push_back(attachment.get());
  return attachment;
}

// The floor stands where the other program left it until all attachments that hold it are there.
void Session::go_on(const SavedSession& saved, const ScreenSettings& screen) {
  const auto place_of = [&saved](const Attachment* attachment) {
    return std::find_if(saved.attachments.begin(), saved.attachments.end(), [attachment](const SavedPlace& place) {
      return place.client == attachment->spec().client.client && place.number == attachment->spec().number;
    });
  };
  std::sort(attachments_.begin(), attachments_.end(),
            [&place_of](const auto* a, const auto* b) { return place_of(a) < place_of(b); });
  clock_.begin(ring().head());
  if (saved.screen) answered_before_ = saved.parsed;
  begin_screen(screen);
  if (saved.screen) {
    screen_approximate_ = saved.screen_approximate;
    answer_stream_ = saved.answer_stream;
  }
  for (const auto* attachment : attachments_) holder_came_back(*attachment);
  update_floor();
  listen_to_host();
  if (inherited_floor_) tasks_.spawn(drop_inherited_floor(shared_from_this()));
  if (record_.ttl_ms > 0) tasks_.spawn(live_until(shared_from_this()));
  if (exit_published_ && !lost_ && !linger_over_) tasks_.spawn(linger(shared_from_this()));
  if (!running()) on_exited();
  if (ring().stream_ended() && !stream_end_published_) on_stream_end();
  if (saved.record_changed) keep_record();
  for (auto* attachment : attachments_) attachment->go_on();
  tell_rights();
  wake_later();
}

// ---------------------------------------------------------------- attachments

namespace {

std::optional<SavedSize> saved_size(const std::optional<WindowSize>& size) {
  if (!size) return std::nullopt;
  return SavedSize{size->cols, size->rows, size->x_pixels, size->y_pixels};
}

std::optional<WindowSize> size_of(const std::optional<SavedSize>& saved) {
  if (!saved) return std::nullopt;
  return WindowSize{saved->cols, saved->rows, saved->x_pixels, saved->y_pixels};
}

}  // namespace

SavedAttachment Attachment::save() const {
  SavedAttachment saved;
  saved.number = spec_.number;
  saved.session = session_->id();
  saved.role = static_cast<std::uint8_t>(spec_.role);
  saved.window = saved_size(spec_.size);
  saved.flow = static_cast<std::uint8_t>(spec_.flow);
  saved.replay_bytes = spec_.replay_bytes;
  saved.scrollback_rows = spec_.scrollback_rows;
  saved.no_replay = spec_.no_replay;
  saved.fresh_terminal = spec_.fresh_terminal;
  saved.until_stream_end = spec_.until_stream_end;
  saved.since_ms = since_ms_;
  saved.size_order = size_order_;
  saved.credit = credit_.available();
  saved.cursor = cursor_;
  saved.in_flight = in_flight_;
  saved.resyncs = resyncs_;
  saved.resumed = resumed_;
  if (gap_) {
    saved.gap_from = gap_->first;
    saved.gap_to = gap_->second;
  }
  if (snapshot_) saved.snapshot = snapshot_->substr(snapshot_position_);
  saved.snapshot_offset = snapshot_offset_;
  saved.snapshot_approximate = snapshot_approximate_;
  saved.snapshot_size = saved_size(snapshot_size_);
  saved.awaits_snapshot = awaits_snapshot_;
  saved.awaits_gap = awaits_gap_;
  if (last_resync_) saved.last_resync = saved_time(*last_resync_);
  saved.stream = stream_;
  saved.input_unknown = input_unknown_;
  saved.input_next = ledger_.next();
  saved.input_accepted = ledger_.accepted();
  auto held = filter_.held();
  saved.input_held = std::move(held.bytes);
  saved.input_held_sent = held.sent;
  if (held.until) saved.input_held_until = saved_time(*held.until);
  saved.typed = typed_;
  saved.acknowledged = acknowledged_;
  saved.told_limit = told_limit_;
  saved.ack_asked = ack_asked_;
  saved.lease = spec_.lease;
  saved.person = spec_.person;
  saved.direct = direct_;
  if (grant_) {
    saved.token.emplace();
    std::copy(std::begin(grant_->token), std::end(grant_->token), saved.token->begin());
    saved.rights = grant_->rights;
  }
  return saved;
}

void Attachment::resume(const SavedAttachment& saved) {
  spec_.number = saved.number;
  spec_.role = static_cast<Role>(saved.role);
  spec_.size = size_of(saved.window);
  spec_.flow = static_cast<FlowPolicy>(saved.flow);
  spec_.replay_bytes = saved.replay_bytes;
  spec_.scrollback_rows = saved.scrollback_rows;
  spec_.no_replay = saved.no_replay;
  spec_.fresh_terminal = saved.fresh_terminal;
  spec_.until_stream_end = saved.until_stream_end;
  spec_.lease = saved.lease;
  spec_.person = saved.person;
  since_ms_ = saved.since_ms;
  size_order_ = saved.size_order;
  credit_.grant(saved.credit);
  cursor_ = saved.cursor;
  in_flight_ = saved.in_flight;
  resyncs_ = saved.resyncs;
  resumed_ = saved.resumed;
  if (saved.gap_from) gap_.emplace(*saved.gap_from, saved.gap_to);
  snapshot_ = saved.snapshot;
  snapshot_offset_ = saved.snapshot_offset;
  snapshot_approximate_ = saved.snapshot_approximate;
  snapshot_size_ = size_of(saved.snapshot_size);
  awaits_snapshot_ = saved.awaits_snapshot;
  awaits_gap_ = saved.awaits_gap;
  if (saved.last_resync) last_resync_ = time_of(*saved.last_resync);
  stream_ = saved.stream;
  input_unknown_ = saved.input_unknown;
  ledger_ = InputLedger(saved.input_accepted, host::kInputWindow);
  static_cast<void>(ledger_.receive(saved.input_accepted, saved.input_next - saved.input_accepted));
  ReplyFilter::Held held{saved.input_held, saved.input_held_sent, {}};
  if (saved.input_held_until) held.until = time_of(*saved.input_held_until);
  filter_.resume(std::move(held));
  typed_ = saved.typed;
  acknowledged_ = saved.acknowledged;
  told_limit_ = saved.told_limit;
  ack_asked_ = saved.ack_asked;
  if (!saved.token) return;
  direct_ = saved.direct;
  grant_.emplace();
  std::copy(saved.token->begin(), saved.token->end(), std::begin(grant_->token));
  std::copy(stream_.begin(), stream_.end(), std::begin(grant_->stream));
  // A right to size is given anew: nobody knows here what has come of it.
  grant_->rights = std::min(saved.rights, static_cast<std::uint32_t>(host::GuestRights::type));
}

void Attachment::go_on() {
  if (awaits_snapshot_) {
    awaits_snapshot_ = false;
    take_snapshot(session_->ring().head(), awaits_gap_);
  }
  if (filter_.deadline()) release_held();
  poke();
}

}  // namespace ptyd
