#include "client/cli/lease_options.hpp"

#include "client/format/lease_reply.hpp"

namespace ptyd {

void add_lease(OptionSet& set, LeaseOption& option) {
  set.text("--lease", "TOKEN", option.text, "under the lease that `ptyctl claim` gave; default: $PTYD_LEASE");
}

Result<std::string> take_lease(const LeaseOption& option, const VerbInput& input) {
  const auto text = option.text ? option.text : (*input.env)("PTYD_LEASE");
  if (!text) return std::string();
  if (auto token = parse_lease_token(*text)) return std::move(*token);
  return usage_error(std::string(option.text ? "--lease" : "PTYD_LEASE") + ": that is no lease",
                     "`ptyctl claim` prints 32 digits");
}

}  // namespace ptyd
