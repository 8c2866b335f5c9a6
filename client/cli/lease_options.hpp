// --lease TOKEN and PTYD_LEASE: what a verb types or sizes under.
#pragma once

#include <optional>
#include <string>

#include "client/cli/verb.hpp"

namespace ptyd {

struct LeaseOption {
  std::optional<std::string> text;
};
void add_lease(OptionSet& set, LeaseOption& option);
// Its 16 bytes. Empty: none was given, nor is one in the environment.
Result<std::string> take_lease(const LeaseOption& option, const VerbInput& input);

}  // namespace ptyd
