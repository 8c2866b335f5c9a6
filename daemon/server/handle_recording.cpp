// Requests about recordings.
#include <filesystem>

#include "common/counted.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/server/global_limits.hpp"
#include "daemon/server/handlers.hpp"
#include "daemon/server/recording_spec.hpp"
#include "daemon/server/request_fields.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kMaxPath = 4096;
constexpr std::size_t kMaxMarker = 1024;

}  // namespace

Result<RecordingSpec> from_wire(const v1::RecordSpec& spec) {
  RecordingSpec out;
  out.path = spec.path();
  if (out.path.empty() || out.path.size() > kMaxPath || out.path.find('\0') != std::string::npos ||
      !std::filesystem::path(out.path).is_absolute())
    return bad_field("path", "must be an absolute path");
  if (spec.version() != 0 && spec.version() != 2 && spec.version() != 3) return bad_field("version", "must be 2 or 3");
  out.version = spec.version() == 0 ? 2 : spec.version();
  out.input = spec.input();
  out.max_bytes = spec.max_bytes() == 0 ? Recording::kUsualMaxBytes : spec.max_bytes();
  if (out.max_bytes < Recording::kLeastMaxBytes) return bad_field("max_bytes", "must be at least 4096");
  return out;
}

LaterReply handle_record(ConnectionPtr connection, OpenRequestPtr, v1::RecordRequest request) {
  auto& state = connection->state();
  auto found = find_session(state, request.session());
  if (!found) co_return found.error();
  const auto session = *found;
  auto spec = from_wire(request.spec());
  if (!spec) co_return spec.error();
  const Counted beginning(state.beginning_recordings);
  if (const auto allowed = check_recordings(state); !allowed) co_return allowed.error();
  auto opened = co_await Recording::open(state.executor, std::move(*spec));
  if (!opened) co_return opened.error();
  std::unique_ptr<Recording> recording = std::move(*opened);
  std::optional<Session::GateHold> hold;
  if (recording->status().spec.input) {
    hold.emplace(*session);
    const auto shut = co_await session->shut_gates();
    if (!shut) {
      co_await recording->discard();
      co_return shut.error();
    }
  }
  const auto begun = session->record(recording, request.from_start());
  if (!begun) {
    co_await recording->discard();
    co_return begun.error();
  }
  co_await session->recording_begun();
  v1::Response response;
  *response.mutable_record()->mutable_recording() = describe(*session->recording_status());
  co_return response;
}

LaterReply handle_record_change(ConnectionPtr connection, OpenRequestPtr open, v1::RecordChangeRequest request) {
  auto found = find_session(connection->state(), request.session());
  if (!found) co_return found.error();
  const auto session = *found;
  if (request.stop() == !request.marker().empty()) co_return bad_field("stop", "or a marker must be given");
  if (request.marker().size() > kMaxMarker) co_return bad_field("marker", "is longer than 1024 bytes");
  if (request.stop()) {
    const auto stopped = co_await session->stop_recording("a client stopped it", open->deadline);
    if (!stopped) co_return stopped.error();
  } else if (auto marked = session->mark_recording(request.marker()); !marked) {
    co_return marked.error();
  }
  v1::Response response;
  *response.mutable_record_change()->mutable_recording() = describe(*session->recording_status());
  co_return response;
}

}  // namespace ptyd
