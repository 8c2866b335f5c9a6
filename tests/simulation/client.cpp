#include "tests/simulation/client.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "tests/simulation/daemon_system.hpp"
#include "tests/simulation/failure.hpp"
#include "tests/support/pattern.hpp"

namespace ptyd::simulation {

char typed_byte(std::uint64_t client, std::uint64_t offset) noexcept {
  const auto place = static_cast<unsigned>(pattern_byte(client, offset)) & 15U;
  return static_cast<char>(0x40U | static_cast<unsigned>(client) << 4U | place);
}
std::uint64_t typist_of(char byte) noexcept { return (static_cast<unsigned char>(byte) >> 4U) & 3U; }

Client::Client(std::uint64_t number, FlowPolicy flow, Random& random) : number_(number), flow_(flow), random_(random) {
  stream_.fill(static_cast<std::uint8_t>(0xa0 + number));
}

std::shared_ptr<ClientLink> Client::connect() {
  link_ = std::make_shared<ClientLink>();
  link_->room = random_.between(1, 32 * 1024);
  Request request;
  request.kind = Request::Kind::attach;
  auto& spec = request.spec;
  spec.number = 1;
  spec.flow = flow_;
  spec.max_data = random_.between(1, 16 * 1024);
  spec.input_stream = stream_;
  spec.credit = random_.one_in(2) ? 0 : random_.below(64 * 1024);
  granted_ = spec.credit;
  if (seen_) spec.resume_offset = next_;
  fresh_ = !seen_;
  in_snapshot_ = after_gap_ = false;
  post(std::move(request));
  return link_;
}

void Client::post(Request request) {
  if (link_) link_->to_daemon.push_back(std::move(request));
}

void Client::lose() {
  link_.reset();
  attached_ = waits_ = over_ = false;
  left_at_ = virtual_ns();
}

void Client::disconnect() {
  if (!link_) return;
  lose();
  left_ = true;
}

void Client::grant(std::uint64_t bytes) {
  if (!attached_) return;
  granted_ += bytes;
  Request request;
  request.kind = Request::Kind::credit;
  request.amount = bytes;
  post(std::move(request));
}

void Client::type(std::uint64_t bytes) { typed_ += bytes; }

void Client::send() {
  if (!attached_) return;
  const auto end = std::min(typed_, limit_);
  if (sent_ < end) {
    Request request;
    request.kind = Request::Kind::input;
    // Now and then it repeats what it has sent before.
    const auto from = sent_ > acknowledged_ && random_.one_in(8) ? random_.between(acknowledged_, sent_) : sent_;
    const auto to = random_.between(std::max(from, sent_), end);
    request.amount = from;
    for (auto offset = from; offset < to; ++offset) request.data.push_back(typed_byte(number_, offset));
    sent_ = std::max(sent_, to);
    ever_sent_ = std::max(ever_sent_, sent_);
    if (!request.data.empty()) post(std::move(request));
  }
  if (sent_ > acknowledged_ && random_.one_in(4)) {
    Request request;  // empty: asks to be told when all is taken
    request.kind = Request::Kind::input;
    request.amount = sent_;
    post(std::move(request));
  }
}

void Client::resize(WindowSize size) {
  if (!attached_) return;
  Request request;
  request.kind = Request::Kind::resize;
  request.size = size;
  post(std::move(request));
}

void Client::claim(std::uint64_t ms, bool steal) {
  if (!attached_) return;
  Request request;
  request.kind = Request::Kind::claim;
  request.amount = ms;
  request.steal = steal;
  post(std::move(request));
}

void Client::release() {
  if (!attached_) return;
  Request request;
  request.kind = Request::Kind::release;
  post(std::move(request));
}

void Client::wait_for_end() {
  if (!attached_ || waits_) return;
  waits_ = true;
  Request request;
  request.kind = Request::Kind::wait;
  post(std::move(request));
}

bool Client::read(std::size_t bytes, const std::string& output) {
  if (!link_) return false;
  bool any = false;
  while (link_ && bytes > 0 && !link_->to_client.empty()) {
    auto& frame = link_->to_client.front();
    const auto part = std::min(bytes, frame.sent - frame.read);
    if (part == 0) break;
    any = true;
    bytes -= part;
    frame.read += part;
    link_->room += part;
    if (frame.read < frame.size) break;
    const auto whole = std::move(frame);
    link_->to_client.pop_front();
    take(whole, output);
  }
  const bool drained = link_ && (link_->to_client.empty() || link_->to_client.front().sent == link_->to_client.front().read);
  if (link_ && link_->over && drained) {
    lose();
    return true;
  }
  return any;
}

void Client::take(const Frame& frame, const std::string& output) {
  switch (frame.kind) {
    case Frame::Kind::attached:
      attached_ = true;
      left_ = left_ && !frame.resumed;
      if (frame.resumed) ++resumed;
      expect(frame.offset <= ever_sent_, "the host has accepted what was never sent");
      expect(frame.offset >= acknowledged_, "what was acknowledged is not accepted any more");
      expect(!frame.unknown, "the input stream was forgotten");
      acknowledged_ = sent_ = frame.offset;
      limit_ = frame.limit;
      break;
    case Frame::Kind::refused: lose(); break;
    case Frame::Kind::claimed: break;
    case Frame::Kind::waited:
      expect(waits_, "an answer to a wait that was not asked for, or was answered");
      expect(program_over, "a wait for the end of a program that runs is over");
      expect(frame.offset == output.size(), "the end is told to one who waits at " + std::to_string(frame.offset) +
                                                ", though there were " + std::to_string(output.size()) + " bytes");
      waits_ = false;
      ++waited;
      if (over_) lose();
      break;
    case Frame::Kind::item: take_item(frame, output); break;
  }
}

void Client::take_item(const Frame& frame, const std::string& output) {
  if (frame.item == OutgoingItem::Kind::gap || frame.item == OutgoingItem::Kind::ended)
    spdlog::debug("client {} at {} is told {} from {} to {}", number_, next_,
                  frame.item == OutgoingItem::Kind::gap ? "of a gap" : "that it is over", frame.offset, frame.limit);
  switch (frame.item) {
    case OutgoingItem::Kind::output:
      expect(!fresh_ && !in_snapshot_ && !after_gap_, "output came before the screen that it belongs to");
      expect(frame.offset == next_, "output at " + std::to_string(frame.offset) + ", expected at " + std::to_string(next_));
      expect(frame.data.size() <= output.size() - std::min(output.size(), next_) &&
                 output.compare(next_, frame.data.size(), frame.data) == 0,
             "other output than the program wrote, at " + std::to_string(next_));
      next_ += frame.data.size();
      seen_ = true;
      break;
    case OutgoingItem::Kind::gap:
      expect(frame.offset == next_ && frame.limit >= next_, "a gap that does not begin here");
      expect(flow_ != FlowPolicy::lossless || may_miss, "output was left out for a lossless client: " + std::to_string(number_));
      next_ = frame.limit;
      after_gap_ = true;
      ++gaps;
      break;
    case OutgoingItem::Kind::snapshot:
      expect(fresh_ || after_gap_ || in_snapshot_, "a screen that was not asked for");
      expect(!after_gap_ || frame.offset == next_, "the screen is not that behind the gap");
      expect(frame.offset <= output.size(), "a screen of output that there never was");
      fresh_ = after_gap_ = false;
      in_snapshot_ = !frame.last;
      next_ = frame.offset;
      seen_ = seen_ || frame.last;
      left_ = left_ && !frame.last;
      break;
    case OutgoingItem::Kind::input_ack:
      // Also what was sent before it came back.
      expect(frame.offset <= ever_sent_, "what was never sent is acknowledged");
      expect(frame.offset >= acknowledged_, "an acknowledgement goes back");
      acknowledged_ = frame.offset;
      sent_ = std::max(sent_, acknowledged_);
      limit_ = std::max(limit_, frame.limit);
      break;
    case OutgoingItem::Kind::ended:
      if (frame.reason == EndReason::session_exited) {
        expect(program_over, "a program that runs is told to have ended");
        expect(frame.offset == next_, "the end is told at another offset than that of the last output");
        expect(next_ == output.size(), "the end is told at " + std::to_string(next_) + ", though there were " +
                                           std::to_string(output.size()) + " bytes");
        ++told_of_end;
        attached_ = false;
        over_ = true;
        if (!waits_) lose();
        break;
      }
      expect(frame.reason == EndReason::fell_behind, "the attachment has ended");
      expect(flow_ != FlowPolicy::resync && (flow_ == FlowPolicy::disconnect || may_miss), "it did not fall behind");
      seen_ = false;  // begins anew
      lose();
      break;
    case OutgoingItem::Kind::none: break;
  }
}

}  // namespace ptyd::simulation
