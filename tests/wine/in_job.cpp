// Runs a program in a job that lets nobody out, and waits for its end:
//
//   in_job kept COMMAND_LINE    what it has started goes on
//   in_job ended COMMAND_LINE   all that is in the job ends with this program
//
// `in_job limits` ends with 0 when a process can find out what its job does.
#include <windows.h>

#include <string>
#include <string_view>

namespace {

int look_at_limits() {
  const HANDLE job = ::CreateJobObjectW(nullptr, nullptr);
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  ::SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  ::AssignProcessToJobObject(job, ::GetCurrentProcess());
  limits = {};
  ::QueryInformationJobObject(nullptr, JobObjectExtendedLimitInformation, &limits, sizeof limits, nullptr);
  return (limits.BasicLimitInformation.LimitFlags & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) != 0 ? 0 : 1;
}

}  // namespace

int wmain(int argc, wchar_t** argv) {
  if (argc == 2 && std::wstring_view(argv[1]) == L"limits") return look_at_limits();
  if (argc != 3) return 2;
  const HANDLE job = ::CreateJobObjectW(nullptr, nullptr);
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  if (std::wstring_view(argv[1]) == L"ended")
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  std::wstring line = argv[2];
  STARTUPINFOW info{};
  info.cb = sizeof info;
  PROCESS_INFORMATION made{};
  if (::SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits) == 0 ||
      ::CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, CREATE_SUSPENDED, nullptr, nullptr, &info,
                       &made) == 0)
    return 91;
  if (::AssignProcessToJobObject(job, made.hProcess) == 0 || ::ResumeThread(made.hThread) == static_cast<DWORD>(-1)) {
    ::TerminateProcess(made.hProcess, 1);
    return 92;
  }
  DWORD code = 0;
  ::WaitForSingleObject(made.hProcess, INFINITE);
  ::GetExitCodeProcess(made.hProcess, &code);
  return static_cast<int>(code);
}
