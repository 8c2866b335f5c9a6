// Who a process runs as, and what only that user may open.
#pragma once

#include <windows.h>

#include <memory>
#include <string>

#include "common/error.hpp"

namespace ptyd {

struct TokenFacts {
  std::string user;             // SID, "S-1-5-21-..."
  std::uint32_t integrity = 0;  // SECURITY_MANDATORY_MEDIUM_RID and so on
  bool elevated = false;        // has an administrator's rights at hand
  bool app_container = false;
};

Result<TokenFacts> token_facts(HANDLE token);
// Errors: not_found when it is gone, permission_denied.
Result<TokenFacts> process_facts(DWORD pid);
// Our own; read once.
const TokenFacts& own_facts();

std::string sid_text(PSID sid);

// True when a file that was opened with READ_CONTROL belongs to our user, or to the administrators when we are one of
// them: what an elevated program makes may be theirs.
bool is_our_file(HANDLE file);

// A security descriptor made from its text form (SDDL) for new objects. No handle made with it is inherited.
class SecurityAttributes {
 public:
  static Result<SecurityAttributes> from_text(const std::wstring& sddl);
  SECURITY_ATTRIBUTES* get() noexcept { return &attributes_; }

 private:
  struct Free {
    void operator()(void* memory) const noexcept { ::LocalFree(memory); }
  };
  explicit SecurityAttributes(PSECURITY_DESCRIPTOR descriptor);

  std::unique_ptr<void, Free> descriptor_;
  SECURITY_ATTRIBUTES attributes_{};
};

}  // namespace ptyd
