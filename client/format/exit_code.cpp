#include "client/format/exit_code.hpp"

#include <algorithm>
#include <cerrno>

#include "client/format/pass_on_exit.hpp"

namespace ptyd {

namespace {

ExitCode wide_code(const Error& error) {
  switch (error.code) {
    case errc::not_found: return ExitCode::no_such_session;
    case errc::ambiguous: return ExitCode::ambiguous;
    case errc::already_exists: return ExitCode::already_exists;
    case errc::permission_denied: return ExitCode::denied;
    case errc::busy: return ExitCode::busy;
    case errc::unavailable: return ExitCode::unavailable;
    case errc::failed_precondition: return error.subject == "guard" ? ExitCode::guard_failed : ExitCode::failed;
    case errc::session_ended: return ExitCode::ended_before;
    case errc::internal: return ExitCode::internal;
    case errc::unimplemented:
    case errc::unsupported_version:
    case errc::frame_too_large:
    case errc::malformed: return ExitCode::protocol_mismatch;
    default: return ExitCode::failed;
  }
}

}  // namespace

ExitCode exit_code_for(const Error& error, ExitCodes codes) {
  if (error.code == errc::invalid_argument) return ExitCode::usage;
  if (error.code == errc::deadline_exceeded) return ExitCode::timed_out;
  if (error.code == errc::spawn_failed) {
    if (error.step != "exec") return ExitCode::failed;
    return error.os_error == ENOENT ? ExitCode::not_found : ExitCode::not_executable;
  }
  return codes == ExitCodes::wide ? wide_code(error) : ExitCode::failed;
}

int program_exit_code(const v1::ExitStatus& status) {
  if (!status.known()) return to_int(ExitCode::failed);
  if (status.signal() != 0) return 128 + static_cast<int>(std::min<std::uint32_t>(status.signal(), 127));
  return pass_on_exit(status.code());
}

int exit_code_for(const v1::Ended& ended, ExitCodes codes) {
  const auto pick = [codes](ExitCode wide) { return to_int(codes == ExitCodes::wide ? wide : ExitCode::failed); };
  switch (ended.reason()) {
    case v1::DETACHED: return to_int(ExitCode::done);
    case v1::ENDED_BY_EXIT: return program_exit_code(ended.exit());
    case v1::DISPLACED: return pick(ExitCode::put_off);
    case v1::FELL_BEHIND: return pick(ExitCode::fell_behind);
    case v1::SESSION_REMOVED: return pick(ExitCode::no_such_session);
    case v1::DAEMON_STOPPING: return pick(ExitCode::unavailable);
    case v1::HOST_LOST: return pick(ExitCode::internal);
    default: return to_int(ExitCode::failed);
  }
}

}  // namespace ptyd
