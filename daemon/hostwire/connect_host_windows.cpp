#include <array>
#include <string_view>

#include "common/escape.hpp"
#include "common/handle_windows.hpp"
#include "common/local_endpoint.hpp"
#include "common/wide_string.hpp"
#include "daemon/hostwire/connect_host.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kPipes = R"(\\.\pipe\ptyd-host-)";

// The pipe's name that stands in the host's file. The host has it open for writing and for deleting.
Result<std::string> pipe_of(const std::string& path) {
  const auto wide = to_wide(path);
  if (!wide) return wide.error();
  const auto file =
      own_handle(::CreateFileW(wide->c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                               nullptr, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (!file) return os_error("look for the session's host at " + path, last_error());
  std::array<char, 256> text{};
  DWORD size = 0;
  if (::ReadFile(handle_of(file), text.data(), static_cast<DWORD>(text.size()), &size, nullptr) == 0)
    return os_error("read the name of a host's pipe in " + path, last_error());
  return std::string(text.data(), size);
}

Error nobody_listens(const std::string& path) {
  auto error = os_error("connect to the session's host at " + path, ERROR_PIPE_NOT_CONNECTED);
  error.message = "no host listens at " + path;
  return error;
}

}  // namespace

Result<UniqueHandle> connect_host(const std::string& socket_path) {
  const auto name = pipe_of(socket_path);
  if (!name) return name.error();
  if (name->empty()) return nobody_listens(socket_path);  // just starting
  if (!name->starts_with(kPipes))
    return Error{errc::malformed, escape_text(socket_path) + " does not hold the name of a host's pipe"};
  auto pipe = connect_local(*name);
  if (pipe) return pipe;
  auto error = pipe.error();
  // After a power cut the file is there without its host.
  if (error.os_error == ERROR_FILE_NOT_FOUND) return nobody_listens(socket_path);
  if (error.os_error == ERROR_PIPE_BUSY) error.os_error = 0;
  return error;
}

}  // namespace ptyd
