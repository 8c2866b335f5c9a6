// Leases of a session's input and size: their tokens, as text and as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/format/json_writer.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// Bytes as hexadecimal digits: a token has 32.
std::string hex_text(std::string_view bytes);
// Nothing: `text` is no token.
std::optional<std::string> parse_lease_token(std::string_view text);

std::string_view word_for(v1::LeaseKind kind);
std::string_view word_for(v1::LeaseEnd end);

void write_lease(JsonWriter& json, const v1::LeaseInfo& lease);
void write_client(JsonWriter& json, const v1::ClientIdentity& client);
std::string claimed_json(std::string_view token, const std::vector<v1::LeaseInfo>& leases);  // claim
std::string released_json(bool released);                                                    // release
// "input, agent (process 12), for another 40s"
std::string lease_text(const v1::LeaseInfo& lease, std::uint64_t now_ms);

}  // namespace ptyd
