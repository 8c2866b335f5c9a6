#include <windows.h>

#include <algorithm>

#include "common/handle_windows.hpp"
#include "common/new_file.hpp"
#include "common/token_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kMostAtOnce = std::size_t{1} << 20;

}  // namespace

Result<NewFile> NewFile::create(const std::string& path) {
  const auto wide = to_wide(path);
  if (!wide) return wide.error();
  const auto user = to_wide(own_facts().user);
  if (!user) return user.error();
  auto security = SecurityAttributes::from_text(L"D:P(A;;FA;;;" + *user + L")(A;;FA;;;SY)(A;;FA;;;BA)");
  if (!security) return security.error();
  auto file = own_handle(::CreateFileW(wide->c_str(), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE, security->get(),
                                       CREATE_NEW, FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (file) return NewFile(path, std::move(file));
  const int reason = last_error();
  auto error = os_error("make the file " + path, reason);
  error.subject = path;
  if (reason == ERROR_FILE_EXISTS || reason == ERROR_ALREADY_EXISTS) {
    error.code = errc::already_exists;
    error.hint = "choose another name, or remove what is there";
  }
  return error;
}

Result<void> NewFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    DWORD size = 0;
    const auto piece = static_cast<DWORD>(std::min(bytes.size(), kMostAtOnce));
    if (::WriteFile(handle_of(file_), bytes.data(), piece, &size, nullptr) == 0)
      return os_error("write to " + path_, last_error());
    bytes.remove_prefix(size);
  }
  return {};
}

Result<void> NewFile::cut(std::uint64_t size) {
  LARGE_INTEGER place{};
  place.QuadPart = static_cast<LONGLONG>(size);
  if (::SetFilePointerEx(handle_of(file_), place, nullptr, FILE_BEGIN) == 0 || ::SetEndOfFile(handle_of(file_)) == 0)
    return os_error("cut " + path_, last_error());
  return {};
}

void NewFile::remove() noexcept {
  file_.reset();  // its name stays for as long as it is open
  const auto wide = to_wide(path_);
  if (wide) ::DeleteFileW(wide->c_str());
}

}  // namespace ptyd
