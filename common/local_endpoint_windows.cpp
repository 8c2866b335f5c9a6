#include "common/local_endpoint.hpp"

#include "common/escape.hpp"
#include "common/handle_windows.hpp"
#include "common/peer_identity.hpp"
#include "common/pipe_windows.hpp"
#include "common/token_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kPrefix = R"(\\.\pipe\)";
constexpr std::size_t kMaxName = 256;       // UTF-16 units, of the whole name
constexpr DWORD kBufferBytes = 128 * 1024;  // of each direction

Result<std::wstring> pipe_name(const std::string& path) {
  auto wide = to_wide(path);
  if (!wide) return wide;
  const bool named = path.starts_with(kPrefix) && path.size() > kPrefix.size();
  if (named && path.find('\\', kPrefix.size()) == std::string::npos && wide->size() <= kMaxName) return wide;
  Error error{errc::invalid_argument, "'" + escape_text(path) + "' is no name of a pipe"};
  error.hint = R"(it is written \\.\pipe\NAME, without another backslash, and has at most 256 characters)";
  error.subject = path;
  return error;
}

// Ours alone, with all rights; nobody over the network; nothing for programs of low integrity, such as those in a
// browser's sandbox, which run as the same user.
Result<SecurityAttributes> private_attributes() {
  const auto user = to_wide(own_facts().user);
  if (!user) return user.error();
  return SecurityAttributes::from_text(L"O:" + *user + L"D:P(D;;FA;;;NU)(A;;FA;;;" + *user + L")S:(ML;;NWNR;;;ME)");
}

Error connect_error(const std::string& path, int error_number) {
  auto error = os_error("connect to " + path, error_number);
  error.subject = path;
  if (error.os_error == ERROR_PIPE_BUSY) {
    error.message = "connect to " + path + ": its queue is full";
    error.hint = "the daemon is busy or stuck: try again, or look at 'ptyctl doctor'";
  }
  return error;
}

}  // namespace

Result<UniqueHandle> make_pipe_instance(const std::string& name, bool first) {
  const auto wide = pipe_name(name);
  if (!wide) return wide.error();
  auto security = private_attributes();
  if (!security) return security.error();
  const DWORD open_mode = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | (first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0u);
  auto pipe = own_handle(::CreateNamedPipeW(
      wide->c_str(), open_mode, PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
      PIPE_UNLIMITED_INSTANCES, kBufferBytes, kBufferBytes, 0, security->get()));
  if (pipe) return pipe;
  auto error = os_error("listen on " + name, last_error());
  error.subject = name;
  // The system says "access denied" of a pipe that is there, whoever has it.
  if (first && (error.os_error == ERROR_ACCESS_DENIED || error.os_error == ERROR_PIPE_BUSY)) {
    error.code = errc::already_exists;
    error.message = "listen on " + name + ": somebody listens there";
  }
  return error;
}

Result<UniqueHandle> listen_local(const std::string& path) { return make_pipe_instance(path, true); }

Result<UniqueHandle> connect_local(const std::string& path) {
  const auto wide = pipe_name(path);
  if (!wide) return wide.error();
  // Whoever listens may learn who we are, and never act as us.
  auto pipe =
      own_handle(::CreateFileW(wide->c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                               FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
  if (!pipe) return connect_error(path, last_error());
  const auto peer = peer_identity(pipe.native());
  if (!peer) return peer.error();
  if (const auto same = check_same_user(*peer, "the listener at " + path); !same) return same.error();
  return pipe;
}

}  // namespace ptyd
