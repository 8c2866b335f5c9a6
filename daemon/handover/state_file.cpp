#include "daemon/handover/state_file.hpp"

#include <array>
#include <set>
#include <utility>

#include "daemon/handover/crc32.hpp"
#include "daemon/handover/state_reader.hpp"
#include "daemon/handover/state_writer.hpp"

namespace ptyd {

namespace {

constexpr std::array<std::uint8_t, 8> kMagic{'p', 't', 'y', 'd', 's', 't', 'a', 't'};
constexpr std::size_t kHeaderBytes = 8 + 4 + 4 + 8;

// The last values of ptyd::Role, ptyd::FlowPolicy and ptyd::Encoding.
constexpr std::uint8_t kLastRole = 1;
constexpr std::uint8_t kLastFlow = 2;
constexpr std::uint8_t kLastEncoding = 2;

struct Header {
  std::array<std::uint8_t, 8> magic = kMagic;
  std::uint32_t format = 0;
  std::uint32_t checksum = 0;
  std::uint64_t size = 0;
};

Error broken(const char* why) {
  return Error{errc::malformed, std::string("the daemon's state can't be used: ") + why};
}

Error wrong_format(std::uint32_t format, std::uint32_t newest) {
  Error error{errc::unsupported_version, format > newest ? "STATE_TOO_NEW" : "STATE_TOO_OLD"};
  error.message += ": the daemon's state has format " + std::to_string(format) + ", this program reads formats " +
                   std::to_string(kOldestStateFormat) + " to " + std::to_string(newest);
  error.have_from = kOldestStateFormat;
  error.have_to = newest;
  return error;
}

bool numbers_fit(const SavedAttachment& attachment) {
  return attachment.number != 0 && attachment.role <= kLastRole && attachment.flow <= kLastFlow &&
         attachment.in_flight.value_or(attachment.cursor) <= attachment.cursor &&
         attachment.input_held_sent <= attachment.input_held.size() &&
         attachment.input_accepted <= attachment.input_next;
}

using Places = std::set<std::pair<std::uint64_t, std::uint32_t>>;

const char* problem_of(const SavedConnection& connection, Places& places) {
  if (connection.number == 0 || connection.socket < 0 || connection.encoding > kLastEncoding)
    return "a client's connection is impossible";
  if (!connection.greeted && !connection.attachments.empty()) return "a client is attached before its hello";
  for (const auto& attachment : connection.attachments) {
    if (!numbers_fit(attachment)) return "an attachment's numbers are impossible";
    if (places.erase({connection.number, attachment.number}) == 0) return "an attachment is of no session";
  }
  return nullptr;
}

// What the rest of the daemon takes for granted.
const char* problem_of(const SavedState& state) {
  Places places;
  for (const auto& session : state.sessions) {
    if (session.host.socket < 0 || session.host.ring < 0 || session.host.wake < 0)
      return "a host's descriptor is missing";
    for (const auto& place : session.attachments)
      if (!places.emplace(place.client, place.number).second) return "an attachment is of two sessions";
  }
  std::set<std::uint64_t> clients;
  for (const auto& connection : state.connections) {
    if (connection.number >= state.next_connection || !clients.insert(connection.number).second)
      return "a client's number is impossible";
    if (const char* const problem = problem_of(connection, places)) return problem;
  }
  if (!places.empty()) return "a session has an attachment that no client has";
  for (const auto& request : state.requests)
    if (request.typing && request.typing->end < request.typing->begin) return "a request's numbers are impossible";
  return state.lock < 0 || state.listener < 0 ? "the daemon's own descriptors are missing" : nullptr;
}

std::string header_bytes(const Header& header) {
  StateWriter writer;
  writer(header.magic, header.format, header.checksum, header.size);
  return writer.take();
}

}  // namespace

Result<std::string> encode_state(const SavedState& state, std::uint32_t format) {
  StateWriter writer;
  SavedState::fields(writer, state);
  const auto body = writer.take();
  if (body.size() > kMaxState)
    return Error{errc::resource_exhausted,
                 "the daemon holds too much for its clients: " + std::to_string(body.size()) + " bytes"};
  Header header;
  header.format = format;
  header.checksum = crc32(body);
  header.size = body.size();
  return header_bytes(header) + body;
}

Result<SavedState> decode_state(std::string_view file, std::uint32_t newest) {
  if (file.size() < kHeaderBytes) return broken("it is too short");
  Header header;
  StateReader(file.substr(0, kHeaderBytes))(header.magic, header.format, header.checksum, header.size);
  if (header.magic != kMagic) return broken("it is something else");
  if (header.format > newest || header.format < kOldestStateFormat) return wrong_format(header.format, newest);
  const auto body = file.substr(kHeaderBytes);
  if (header.size != body.size() || body.size() > kMaxState) return broken("its size is wrong");
  if (header.checksum != crc32(body)) return broken("its checksum is wrong");
  StateReader reader(body);
  SavedState state;
  SavedState::fields(reader, state);
  if (!reader.ok()) return broken("its content is damaged");
  if (const char* const problem = problem_of(state)) return broken(problem);
  return state;
}

}  // namespace ptyd
