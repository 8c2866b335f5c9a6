#include "daemon/hostlink/spawn_spec.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "daemon/host/errors.hpp"

namespace ptyd {

namespace {

Error bad_spec(std::string message, std::string subject) {
  Error error;
  error.code = errc::invalid_argument;
  error.message = std::move(message);
  error.subject = std::move(subject);
  return error;
}

class StringBlock {
 public:
  void add(const std::string& text, const char* what) {
    if (text.find('\0') != std::string::npos && bad_ == nullptr) bad_ = what;
    bytes_ += text;
    bytes_ += '\0';
  }
  // What holds a NUL, which no program can be given; null when nothing does.
  const char* bad() const noexcept { return bad_; }
  const std::string& bytes() const noexcept { return bytes_; }

 private:
  std::string bytes_;
  const char* bad_ = nullptr;
};

constexpr std::array<const char*, 10> kStepNames{"host", "spec",    "socket",      "ring",  "pty",
                                                 "fork", "session", "descriptors", "chdir", "exec"};

std::string doing(const SpawnRequest& request, host::SpawnStep step) {
  switch (step) {
    case host::SpawnStep::socket: return "listen on " + request.socket_path;
    case host::SpawnStep::ring: return "make a replay buffer of " + std::to_string(request.ring_capacity) + " bytes";
    case host::SpawnStep::pty: return "open a terminal";
    case host::SpawnStep::fork: return "start a process";
    case host::SpawnStep::session: return "give the program its terminal";
    case host::SpawnStep::chdir: return "enter the folder " + request.cwd;
    case host::SpawnStep::exec: return "run " + request.file;
    default: return "prepare the session";
  }
}

std::string hint_for(host::SpawnStep step, int number) {
  switch (step) {
    case host::SpawnStep::exec:
      if (number == host::kNoProgram) return "check the name and the PATH of the session's environment";
      if (number == host::kNotAllowed) return "check that it is a program and that you may run it";
      if (number == host::kBadProgram)
        return "it is no program for this system: start a script by its interpreter, such as sh or cmd /c";
      if (number == host::kTooLong) return "pass less in arguments and environment";
      return {};
    case host::SpawnStep::chdir: return "choose another folder with --cwd";
    case host::SpawnStep::ring: return "choose a smaller replay buffer with --history, or free some memory";
    case host::SpawnStep::pty: return "the system may have no terminals left: end some sessions";
    case host::SpawnStep::fork: return "the system may be out of processes or memory, or you may have no more of them";
    case host::SpawnStep::socket: return "look at the folder's owner, mode and free space";
    default: return {};
  }
}

}  // namespace

Result<std::string> encode_spec(const SpawnRequest& request) {
  StringBlock strings;
  strings.add(request.socket_path, "socket path");
  strings.add(request.cwd, "folder");
  strings.add(request.file, "program");
  for (const auto& argument : request.argv) strings.add(argument, "arguments");
  for (const auto& variable : request.env) strings.add(variable, "environment");
  if (strings.bad() != nullptr)
    return bad_spec(std::string("the ") + strings.bad() + " must not hold a NUL byte", strings.bad());
  if (request.argv.empty()) return bad_spec("the program needs at least its own name as argument", "arguments");
  if (strings.bytes().size() > host::kMaxSpec)
    return bad_spec("arguments and environment have more than " + std::to_string(host::kMaxSpec) + " bytes",
                    "environment");

  host::SpawnSpec spec{};
  spec.magic = host::kSpecMagic;
  spec.version = host::kProtocolVersion;
  spec.ring_capacity = request.ring_capacity;
  std::copy(request.id.begin(), request.id.end(), std::begin(spec.session_id));
  spec.size = request.size;
  spec.argc = static_cast<std::uint32_t>(request.argv.size());
  spec.envc = static_cast<std::uint32_t>(request.env.size());
  spec.strings_size = strings.bytes().size();
  spec.record_size = request.record.size();
  spec.nofile_soft = request.nofile_soft;
  std::string content(static_cast<const char*>(static_cast<const void*>(&spec)), sizeof spec);
  return content + strings.bytes();
}

Error spawn_error(const SpawnRequest& request, const host::SpawnResult& result) {
  const auto step = result.step < kStepNames.size() ? static_cast<host::SpawnStep>(result.step) : host::SpawnStep::spec;
  const int number = static_cast<int>(result.error & std::numeric_limits<int>::max());
  auto error = os_error(doing(request, step), number);
  error.code = errc::spawn_failed;
  error.step = kStepNames[static_cast<std::size_t>(step)];
  error.hint = hint_for(step, number);
  if (step == host::SpawnStep::exec) error.subject = request.file;
  if (step == host::SpawnStep::chdir) error.subject = request.cwd;
  if (step == host::SpawnStep::socket && number == host::kInUse) {
    error.code = errc::already_exists;
    error.message = "a host for this session runs already";
    error.hint.clear();
  }
  return error;
}

Error host_start_error(const SpawnRequest& request, int error_number) {
  auto error = os_error("start the session host " + request.host_program, error_number);
  error.code = errc::spawn_failed;
  error.step = "host";
  error.subject = request.host_program;
  error.hint = "ptyd-host belongs to ptyd: install both from the same release";
  return error;
}

}  // namespace ptyd
