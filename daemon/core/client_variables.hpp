// Variables that tell where a person's terminal is: they change with each attachment, not with each session.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/packed_strings.hpp"

namespace ptyd {

using Variables = std::vector<std::pair<std::string, std::string>>;

// SSH_AUTH_SOCK is among them: a session has a link of its own for it.
bool is_client_variable(std::string_view name) noexcept;
const std::vector<std::string_view>& client_variable_names();

// What the session's shells should have: `own` of those that it was created with, changed by what the clients that
// attached since have told. `complete`: a variable that they did not tell is none of theirs.
class ClientVariables {
 public:
  // `entries` as NAME=VALUE.
  explicit ClientVariables(const PackedStrings& entries);

  void attached(const Variables& told, bool complete);
  const Variables& set() const noexcept { return set_; }
  std::vector<std::string> unset() const;

 private:
  Variables set_;
};

}  // namespace ptyd
