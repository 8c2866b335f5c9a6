#include <windows.h>

#include <aclapi.h>

#include <array>
#include <filesystem>
#include <memory>

#include "common/escape.hpp"
#include "common/handle_windows.hpp"
#include "common/runtime_paths.hpp"
#include "common/token_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSystem = "S-1-5-18";
constexpr std::string_view kAdministrators = "S-1-5-32-544";
constexpr std::string_view kOwnerRights = "S-1-3-4";  // whoever owns it, which is checked
constexpr std::string_view kTrustedInstaller = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";

// With these on a folder, others could put another one into the place of one that is in it. Making new names there is
// not among them: in C:\ everybody may.
constexpr ACCESS_MASK kMayReplace = FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_ALL;

Error refused(const std::string& path, const std::string& why, std::string hint) {
  Error error;
  error.code = errc::permission_denied;
  error.message = "refusing to use " + path + ": " + why;
  error.hint = std::move(hint);
  error.subject = path;
  return error;
}

Error failed(const std::string& what, const std::string& path, int error_number) {
  auto error = os_error(what + " " + path, error_number);
  error.subject = path;
  return error;
}

bool is_trusted(const std::string& sid) {
  return sid == own_facts().user || sid == kSystem || sid == kAdministrators || sid == kTrustedInstaller;
}

struct Access {
  std::string owner;
  std::string foreign;  // the first of those who are not trusted and have any of the rights asked for; or empty
};

// Who owns the folder, and who else has some of `rights` to it.
Result<Access> access_of(HANDLE folder, ACCESS_MASK rights) {
  PSID owner = nullptr;
  PACL list = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const DWORD code = ::GetSecurityInfo(folder, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                                       &owner, nullptr, &list, nullptr, &descriptor);
  if (code != ERROR_SUCCESS) return os_error("ask who has access", static_cast<int>(code));
  const std::unique_ptr<void, decltype(&::LocalFree)> keep(descriptor, &::LocalFree);
  Access access;
  access.owner = sid_text(owner);
  if (list == nullptr) access.foreign = "everybody";
  for (DWORD i = 0; list != nullptr && i < list->AceCount && access.foreign.empty(); ++i) {
    void* entry = nullptr;
    if (::GetAce(list, i, &entry) == 0) return os_error("ask who has access", last_error());
    const auto* const header = static_cast<const ACE_HEADER*>(entry);
    if ((header->AceFlags & INHERIT_ONLY_ACE) != 0 || header->AceType == ACCESS_DENIED_ACE_TYPE) continue;
    auto* const allowed = static_cast<ACCESS_ALLOWED_ACE*>(entry);
    if (header->AceType != ACCESS_ALLOWED_ACE_TYPE) {
      access.foreign = "an entry of type " + std::to_string(header->AceType);
      continue;
    }
    const std::string sid = sid_text(&allowed->SidStart);
    if ((allowed->Mask & rights) != 0 && !is_trusted(sid) && sid != kOwnerRights) access.foreign = sid;
  }
  return access;
}

Result<fs::path> folder_path(const std::string& path) {
  auto wide = to_wide(path);
  if (!wide) return wide.error();
  while (wide->ends_with(L'\\') || wide->ends_with(L'/')) wide->pop_back();
  const fs::path folder(*wide);
  if (folder.is_absolute() && folder.has_filename() && folder.filename() != L"." && folder.filename() != L"..")
    return folder;
  Error error{errc::invalid_argument, "'" + escape_text(path) + "' is not the absolute path of a folder"};
  error.subject = path;
  return error;
}

// While the handle is open nobody can rename or remove what it opened: deleting is not shared.
UniqueHandle open_folder(const fs::path& path) {
  return own_handle(::CreateFileW(path.c_str(), FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES | READ_CONTROL,
                                  FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
}

Result<void> make_folder(const fs::path& path) {
  const auto user = to_wide(own_facts().user);
  if (!user) return user.error();
  auto security = SecurityAttributes::from_text(L"D:P(A;OICI;FA;;;" + *user + L")(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)");
  if (!security) return security.error();
  if (::CreateDirectoryW(path.c_str(), security->get()) != 0) return {};
  const int reason = last_error();
  const DWORD attributes = ::GetFileAttributesW(path.c_str());
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) return {};
  if (reason == ERROR_ALREADY_EXISTS) return {};  // a file, or a link to nothing: said by who opens it
  return failed("make the folder", to_utf8(path.native()), reason);
}

Result<void> check_parent(const fs::path& parent) {
  const std::string name = to_utf8(parent.native());
  const auto folder = open_folder(parent);
  if (!folder) return failed("open the folder", name, last_error());
  const auto access = access_of(handle_of(folder), kMayReplace);
  if (!access) return access.error();
  if (!is_trusted(access->owner))
    return refused(name, "it belongs to " + access->owner + ", not to you or the system",
                   "choose a folder below your profile");
  if (!access->foreign.empty())
    return refused(name, "others may change it (" + access->foreign + ")", "take their rights away with icacls");
  return {};
}

Result<void> check_private(HANDLE folder, const std::string& path) {
  FILE_ATTRIBUTE_TAG_INFO info{};
  if (::GetFileInformationByHandleEx(folder, FileAttributeTagInfo, &info, sizeof info) == 0)
    return failed("look at", path, last_error());
  if ((info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
    return refused(path, "it is a symbolic link or a junction", "remove it, or name the real folder");
  if ((info.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0)
    return refused(path, "it is not a folder", "remove it, or choose another place");
  const auto access = access_of(folder, ~ACCESS_MASK{0});
  if (!access) return access.error();
  if (access->owner != own_facts().user && access->owner != kAdministrators)
    return refused(path, "it belongs to " + access->owner, "remove it, or take it over with icacls");
  if (!access->foreign.empty())
    return refused(path, "others have access to it (" + access->foreign + ")", "take their rights away with icacls");
  return {};
}

}  // namespace

Result<UniqueHandle> open_private_dir(const std::string& path, bool create) {
  const auto folder = folder_path(path);
  if (!folder) return folder.error();
  const std::string name = to_utf8(folder->native());
  if (create) {
    if (const auto made = make_parent_dirs(name); !made) return made.error();
  }
  if (const auto safe = check_parent(folder->parent_path()); !safe) return safe.error();
  if (create) {
    if (const auto made = make_folder(*folder); !made) return made.error();
  }
  auto opened = open_folder(*folder);
  if (!opened) return failed("open the folder", name, last_error());
  if (const auto ok = check_private(handle_of(opened), name); !ok) return ok.error();
  return opened;
}

Result<void> make_parent_dirs(const std::string& path) {
  const auto wide = to_wide(path);
  if (!wide) return wide.error();
  const fs::path parent = fs::path(*wide).parent_path();
  fs::path folder = parent.root_path();
  for (const auto& name : parent.relative_path()) {
    folder /= name;
    if (const auto made = make_folder(folder); !made) return made.error();
  }
  return {};
}

}  // namespace ptyd
