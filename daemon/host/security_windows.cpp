#include "daemon/host/security_windows.hpp"

#include <sddl.h>

#include <cwchar>

namespace ptyd::host {

namespace {

// What a token says of its user.
struct Identity {
  union {
    TOKEN_USER user;
    BYTE user_bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  };
  DWORD integrity;
};

bool identity_of(HANDLE process, Identity& identity) noexcept {
  HANDLE raw = nullptr;
  if (::OpenProcessToken(process, TOKEN_QUERY, &raw) == 0) return false;
  const Descriptor token = own_handle(raw);
  union {
    TOKEN_MANDATORY_LABEL label;
    BYTE bytes[sizeof(TOKEN_MANDATORY_LABEL) + SECURITY_MAX_SID_SIZE];
  } level;
  DWORD bytes = 0;
  if (::GetTokenInformation(raw, TokenUser, &identity.user, sizeof identity.user_bytes, &bytes) == 0 ||
      ::GetTokenInformation(raw, TokenIntegrityLevel, &level.label, sizeof level, &bytes) == 0)
    return false;
  const DWORD parts = *::GetSidSubAuthorityCount(level.label.Label.Sid);
  identity.integrity = parts > 0 ? *::GetSidSubAuthority(level.label.Label.Sid, parts - 1) : 0;
  return true;
}

}  // namespace

PrivateSecurity::~PrivateSecurity() {
  if (attributes_.lpSecurityDescriptor != nullptr) ::LocalFree(attributes_.lpSecurityDescriptor);
}

int PrivateSecurity::create() noexcept {
  Identity own;
  if (!identity_of(::GetCurrentProcess(), own)) return last_error();
  wchar_t* user = nullptr;
  if (::ConvertSidToStringSidW(own.user.User.Sid, &user) == 0) return last_error();
  wchar_t text[512] = L"O:";  // twice the longest SID, which has 184 units, and the rest
  std::wcscat(text, user);
  std::wcscat(text, L"D:P(D;;FA;;;NU)(A;;FA;;;");
  std::wcscat(text, user);
  std::wcscat(text, L")S:(ML;;NWNR;;;ME)");
  ::LocalFree(user);
  attributes_.nLength = sizeof attributes_;
  const BOOL made = ::ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1,
                                                                           &attributes_.lpSecurityDescriptor, nullptr);
  return made != 0 ? 0 : last_error();
}

bool peer_is_our_user(HANDLE pipe) noexcept {
  ULONG pid = 0;
  if (::GetNamedPipeClientProcessId(pipe, &pid) == 0) return false;
  const Descriptor process = own_handle(::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid));
  Identity own;
  Identity peer;
  return process && identity_of(::GetCurrentProcess(), own) && identity_of(handle_of(process), peer) &&
         ::EqualSid(own.user.User.Sid, peer.user.User.Sid) != 0 && peer.integrity >= own.integrity;
}

}  // namespace ptyd::host
