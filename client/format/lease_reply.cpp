#include "client/format/lease_reply.hpp"

#include <algorithm>

#include "common/escape.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kTokenBytes = 16;

std::string left_text(std::uint64_t until_ms, std::uint64_t now_ms) {
  const auto seconds = (std::max(until_ms, now_ms) - now_ms + 999) / 1000;
  return seconds < 600 ? std::to_string(seconds) + "s" : std::to_string(seconds / 60) + "m";
}

}  // namespace

std::string hex_text(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

std::optional<std::string> parse_lease_token(std::string_view text) {
  if (text.size() != 2 * kTokenBytes) return std::nullopt;
  std::string token;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = kDigits.find(text[i]);
    const auto low = kDigits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    token += static_cast<char>(high << 4 | low);
  }
  return token;
}

std::string_view word_for(v1::LeaseKind kind) {
  switch (kind) {
    case v1::LEASE_KIND_UNSPECIFIED:
    case v1::INPUT_LEASE: return "input";
    case v1::SIZE_LEASE: return "size";
    default: return "unknown";
  }
}

std::string_view word_for(v1::LeaseEnd end) {
  switch (end) {
    case v1::LEASE_RELEASED: return "released";
    case v1::LEASE_EXPIRED: return "expired";
    case v1::LEASE_STOLEN: return "stolen";
    case v1::LEASE_TAKEN_OVER: return "taken_over";
    case v1::LEASE_DISCONNECTED: return "disconnected";
    default: return "unknown";
  }
}

void write_client(JsonWriter& json, const v1::ClientIdentity& client) {
  json.begin_object().key("client").offset(client.client()).field("name", std::string_view(client.name()));
  json.key("pid").unsigned_integer(client.pid()).end_object();
}

void write_lease(JsonWriter& json, const v1::LeaseInfo& lease) {
  json.begin_object().field("kind", word_for(lease.kind()));
  write_client(json.key("holder"), lease.holder());
  json.field("person", lease.person());
  json.time_fields("since", lease.since_ms()).time_fields("expires", lease.expires_ms()).end_object();
}

std::string claimed_json(std::string_view token, const std::vector<v1::LeaseInfo>& leases) {
  JsonWriter json;
  json.begin_object().version_field().field("lease", std::string_view(hex_text(token)));
  json.key("leases").begin_array();
  for (const auto& lease : leases) write_lease(json, lease);
  json.end_array().end_object();
  return json.text();
}

std::string released_json(bool released) {
  JsonWriter json;
  json.begin_object().version_field().field("released", released).end_object();
  return json.text();
}

std::string lease_text(const v1::LeaseInfo& lease, std::uint64_t now_ms) {
  std::string text(word_for(lease.kind()));
  text += lease.person() ? ", a person at " : ", ";
  text += escape_text(lease.holder().name());
  if (lease.holder().pid() != 0) text += " (process " + std::to_string(lease.holder().pid()) + ")";
  text += lease.expires_ms() == 0 ? ", until it disconnects" : ", for another " + left_text(lease.expires_ms(), now_ms);
  return text;
}

}  // namespace ptyd
