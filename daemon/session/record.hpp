// What the daemon must know of a session that its host does not: kept with the host, so that any later
// daemon can adopt the session.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "daemon/core/lease.hpp"
#include "daemon/core/packed_strings.hpp"
#include "daemon/core/size_policy.hpp"
#include "daemon/hostlink/host_link.hpp"

namespace ptyd {

struct SessionRecord {
  SessionId id{};
  std::string name;
  std::string file;  // program, looked up in PATH unless it has a slash
  std::vector<std::string> argv;
  PackedStrings env;  // NAME=VALUE, as the creating client sent it, before the session's own variables
  std::string cwd;
  std::string term;
  SizePolicy policy = SizePolicy::latest;
  bool remove_on_exit = false;
  std::uint64_t ttl_ms = 0;  // 0: none
  std::uint64_t created_ms = 0;
  std::uint64_t history_bytes = 0;
  std::vector<std::pair<std::string, std::string>> labels;  // sorted by key, each key once
  std::string agent_socket;                                 // target of the session's SSH_AUTH_SOCK link; empty: none
  std::uint32_t rehosted = 0;                               // hosts that took over for one that had died
  std::vector<HeldLease> leases;                            // that end at a time; of an older daemon, without `until`
};

std::string encode_record(const SessionRecord& record);

// Errors: malformed. Unknown fields are ignored.
Result<SessionRecord> decode_record(std::string_view bytes);

}  // namespace ptyd
