#include "daemon/session/record.hpp"

#include <algorithm>
#include <chrono>

#include "ptyd/internal/record.pb.h"

namespace ptyd {

namespace {

void put_lease(const HeldLease& held, internal::Lease& out) {
  const auto& [kind, lease] = held;
  out.set_kind(static_cast<std::uint32_t>(kind));
  out.set_token(lease.token.data(), lease.token.size());
  out.set_expires_ms(lease.expires_ms);
  out.set_name(lease.holder.name);
  out.set_pid(lease.holder.pid);
  out.set_since_ms(lease.since_ms);
  if (lease.until) out.set_expires_boot_ns(static_cast<std::uint64_t>(lease.until->count()));
}

// Nothing: it is not of a kind that is known.
std::optional<HeldLease> lease_of(const internal::Lease& in) {
  HeldLease held;
  auto& [kind, lease] = held;
  const bool known = in.kind() == static_cast<std::uint32_t>(LeaseKind::input) ||
                     in.kind() == static_cast<std::uint32_t>(LeaseKind::size);
  if (!known || in.token().size() != lease.token.size()) return std::nullopt;
  kind = static_cast<LeaseKind>(in.kind());
  std::copy(in.token().begin(), in.token().end(), lease.token.begin());
  lease.expires_ms = in.expires_ms();
  lease.holder.name = in.name();
  lease.holder.pid = in.pid();
  lease.since_ms = in.since_ms();
  constexpr auto kLatest = static_cast<std::uint64_t>(std::chrono::nanoseconds::max().count());
  if (in.expires_boot_ns() > 0)
    lease.until = std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(in.expires_boot_ns(), kLatest)));
  return held;
}

}  // namespace

std::string encode_record(const SessionRecord& record) {
  internal::Record out;
  out.set_version(1);
  out.set_id(record.id.data(), record.id.size());
  out.set_name(record.name);
  out.set_file(record.file);
  for (const auto& arg : record.argv) out.add_argv(arg);
  for (const auto entry : record.env) out.add_env(entry.data(), entry.size());
  out.set_cwd(record.cwd);
  out.set_term(record.term);
  out.set_policy(static_cast<std::uint32_t>(record.policy));
  out.set_remove_on_exit(record.remove_on_exit);
  out.set_ttl_ms(record.ttl_ms);
  out.set_created_ms(record.created_ms);
  out.set_history_bytes(record.history_bytes);
  for (const auto& [key, value] : record.labels) {
    out.add_label_keys(key);
    out.add_label_values(value);
  }
  out.set_agent_socket(record.agent_socket);
  out.set_rehosted(record.rehosted);
  for (const auto& held : record.leases) put_lease(held, *out.add_leases());
  return out.SerializeAsString();
}

Result<SessionRecord> decode_record(std::string_view bytes) {
  internal::Record in;
  SessionRecord record;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || in.id().size() != record.id.size() ||
      in.label_keys_size() != in.label_values_size())
    return Error{errc::malformed, "the session's record can't be read"};
  std::copy(in.id().begin(), in.id().end(), record.id.begin());
  record.name = in.name();
  record.file = in.file();
  record.argv.assign(in.argv().begin(), in.argv().end());
  for (const auto& entry : in.env()) record.env.push_back(entry);
  record.env.shrink_to_fit();
  record.cwd = in.cwd();
  record.term = in.term();
  if (in.policy() <= static_cast<std::uint32_t>(SizePolicy::manual))
    record.policy = static_cast<SizePolicy>(in.policy());
  record.remove_on_exit = in.remove_on_exit();
  record.ttl_ms = in.ttl_ms();
  record.created_ms = in.created_ms();
  record.history_bytes = in.history_bytes();
  for (int i = 0; i < in.label_keys_size(); ++i) record.labels.emplace_back(in.label_keys(i), in.label_values(i));
  record.agent_socket = in.agent_socket();
  record.rehosted = in.rehosted();
  for (const auto& wire : in.leases())
    if (auto held = lease_of(wire)) record.leases.push_back(std::move(*held));
  return record;
}

}  // namespace ptyd
