#include "common/token_windows.hpp"

#include <aclapi.h>
#include <sddl.h>

#include <vector>

#include "common/handle_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace {

Result<std::vector<std::byte>> token_information(HANDLE token, TOKEN_INFORMATION_CLASS what) {
  DWORD size = 0;
  ::GetTokenInformation(token, what, nullptr, 0, &size);
  std::vector<std::byte> bytes(size);
  if (size == 0 || ::GetTokenInformation(token, what, bytes.data(), size, &size) == 0)
    return os_error("read the rights of a process", last_error());
  return bytes;
}

// One number of the token; 0 where this Windows does not know it.
DWORD token_number(HANDLE token, TOKEN_INFORMATION_CLASS what) {
  DWORD number = 0;
  DWORD size = 0;
  return ::GetTokenInformation(token, what, &number, sizeof number, &size) != 0 ? number : 0;
}

}  // namespace

std::string sid_text(PSID sid) {
  wchar_t* text = nullptr;
  if (::ConvertSidToStringSidW(sid, &text) == 0) return {};
  const std::string result = to_utf8(text);
  ::LocalFree(text);
  return result;
}

Result<TokenFacts> token_facts(HANDLE token) {
  TokenFacts facts;
  const auto user = token_information(token, TokenUser);
  if (!user) return user.error();
  facts.user = sid_text(reinterpret_cast<const TOKEN_USER*>(user->data())->User.Sid);
  const auto label = token_information(token, TokenIntegrityLevel);
  if (!label) return label.error();
  const PSID level = reinterpret_cast<const TOKEN_MANDATORY_LABEL*>(label->data())->Label.Sid;
  facts.integrity = *::GetSidSubAuthority(level, *::GetSidSubAuthorityCount(level) - 1u);
  facts.elevated = token_number(token, TokenElevation) != 0;
  facts.app_container = token_number(token, TokenIsAppContainer) != 0;
  return facts;
}

Result<TokenFacts> process_facts(DWORD pid) {
  const auto process = own_handle(::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid));
  if (!process) {
    auto error = os_error("open process " + std::to_string(pid), last_error());
    if (error.os_error == ERROR_INVALID_PARAMETER) error.code = errc::not_found;
    return error;
  }
  HANDLE token = nullptr;
  if (::OpenProcessToken(handle_of(process), TOKEN_QUERY, &token) == 0)
    return os_error("open the token of process " + std::to_string(pid), last_error());
  const auto owner = own_handle(token);
  return token_facts(token);
}

const TokenFacts& own_facts() {
  static const TokenFacts facts = process_facts(::GetCurrentProcessId()).value();
  return facts;
}

bool is_our_file(HANDLE file) {
  PSID owner = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (::GetSecurityInfo(file, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner, nullptr, nullptr, nullptr,
                        &descriptor) != ERROR_SUCCESS)
    return false;
  const std::string sid = sid_text(owner);
  ::LocalFree(descriptor);
  return sid == own_facts().user || (sid == "S-1-5-32-544" && own_facts().elevated);
}

SecurityAttributes::SecurityAttributes(PSECURITY_DESCRIPTOR descriptor) : descriptor_(descriptor) {
  attributes_.nLength = sizeof attributes_;
  attributes_.lpSecurityDescriptor = descriptor;
}

Result<SecurityAttributes> SecurityAttributes::from_text(const std::wstring& sddl) {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (::ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl.c_str(), SDDL_REVISION_1, &descriptor, nullptr) == 0)
    return os_error("make a security descriptor", last_error());
  return SecurityAttributes(descriptor);
}

}  // namespace ptyd
