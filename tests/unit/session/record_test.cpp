#include "daemon/session/record.hpp"

#include <gtest/gtest.h>

#include <tuple>

#include "ptyd/internal/record.pb.h"

namespace ptyd {
namespace {

SessionRecord full_record() {
  SessionRecord record;
  for (std::size_t i = 0; i < record.id.size(); ++i) record.id[i] = static_cast<std::uint8_t>(0xF0 + i);
  record.name = "work";
  record.file = "/bin/bash";
  record.argv = {"-bash", "\xFF not UTF-8", ""};
  record.env = {"PATH=/bin", "BYTES=\xFE"};
  record.cwd = "/tmp/\xE4";
  record.term = "xterm-256color";
  record.policy = SizePolicy::manual;
  record.remove_on_exit = true;
  record.ttl_ms = 5000;
  record.created_ms = 1234567890123;
  record.history_bytes = 1 << 22;
  record.labels = {{"a", "1"}, {"b", ""}};
  record.agent_socket = "/tmp/agent";
  record.leases.resize(2);
  record.leases[0].lease = {{1, 2, 3}, {0, "agent", 77}, 5, 65'000, std::chrono::nanoseconds(9), false};
  record.leases[1].kind = LeaseKind::size;
  return record;
}

auto fields(const SessionRecord& r) {
  return std::tie(r.id, r.name, r.file, r.argv, r.env, r.cwd, r.term, r.policy, r.remove_on_exit, r.ttl_ms,
                  r.created_ms, r.history_bytes, r.labels, r.agent_socket);
}

std::vector<std::string> leases_of(const SessionRecord& record) {
  std::vector<std::string> texts;
  for (const auto& [kind, lease] : record.leases)
    texts.push_back(std::to_string(static_cast<int>(kind)) + " " + std::string(lease.token.begin(), lease.token.end()) +
                    lease.holder.name + " " + std::to_string(lease.holder.pid) + " " + std::to_string(lease.since_ms) +
                    " " + std::to_string(lease.expires_ms) + " " + (lease.until ? std::to_string(lease.until->count()) : ""));
  return texts;
}

TEST(Record, ComesBackAsItWas) {
  for (const auto& record : {SessionRecord{}, full_record()}) {
    const auto decoded = decode_record(encode_record(record));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(fields(*decoded), fields(record));
    EXPECT_EQ(leases_of(*decoded), leases_of(record));
  }
}

TEST(Record, DamageIsAnErrorOrAnotherRecordButNeverACrash) {
  const auto bytes = encode_record(full_record());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode_record(std::string_view(bytes).substr(0, size));
    if (!decoded) {
      EXPECT_EQ(decoded.error().code, errc::malformed);
    }
  }
  EXPECT_FALSE(decode_record(""));
  EXPECT_FALSE(decode_record("\xFF\xFF\xFF\xFF"));
}

TEST(Record, AnyTimeOfALeaseIsRead) {
  internal::Record wire;
  wire.set_id(std::string(16, 'i'));
  for (const std::uint64_t ns : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    auto& lease = *wire.add_leases();
    lease.set_kind(1);
    lease.set_token(std::string(16, 't'));
    lease.set_expires_boot_ns(ns);
  }
  const auto record = decode_record(wire.SerializeAsString());
  ASSERT_TRUE(record);
  ASSERT_EQ(record->leases.size(), 3U);
  EXPECT_FALSE(record->leases[0].lease.until);
  EXPECT_EQ(record->leases[1].lease.until, std::chrono::nanoseconds(1));
  EXPECT_EQ(record->leases[2].lease.until, std::chrono::nanoseconds::max());
}

}  // namespace
}  // namespace ptyd
