#include "daemon/host/spawn_windows.hpp"

#include <cstring>

#include "daemon/host/command_line.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/heap_block_windows.hpp"
#include "daemon/host/program_path_windows.hpp"
#include "daemon/host/spawn_result.hpp"
#include "daemon/host/start_again_windows.hpp"

namespace ptyd::host {

namespace {

constexpr DWORD_PTR kPseudoconsoleAttribute = 0x20016;
constexpr DWORD_PTR kJobListAttribute = 0x2000d;
constexpr std::size_t kAttributeBytes = 512;

// Where CreateProcessW() failed, by what it says.
SpawnStep step_of(DWORD error) noexcept {
  switch (error) {
    case ERROR_DIRECTORY: return SpawnStep::chdir;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_ACCESS_DENIED:
    case ERROR_INVALID_HANDLE:
    case ERROR_BAD_EXE_FORMAT:
    case ERROR_EXE_MACHINE_TYPE_MISMATCH: return SpawnStep::exec;
    default: return SpawnStep::fork;
  }
}

int make_job(Descriptor& job) noexcept {
  job = own_handle(::CreateJobObjectW(nullptr, nullptr));
  if (!job) return last_error();
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  const BOOL set = ::SetInformationJobObject(handle_of(job), JobObjectExtendedLimitInformation, &limits, sizeof limits);
  return set != 0 ? 0 : last_error();
}

// What the program gets beside its texts: the console, and the job, in which it is before its first instruction.
class Attributes {
 public:
  int create(ConsoleHandle console, HANDLE job) noexcept {
    SIZE_T bytes = sizeof memory_;
    job_ = job;
    if (::InitializeProcThreadAttributeList(list(), 2, 0, &bytes) == 0) return last_error();
    made_ = true;
    const bool set =
        ::UpdateProcThreadAttribute(list(), 0, kPseudoconsoleAttribute, console, sizeof console, nullptr, nullptr) !=
            0 &&
        ::UpdateProcThreadAttribute(list(), 0, kJobListAttribute, &job_, sizeof job_, nullptr, nullptr) != 0;
    return set ? 0 : last_error();
  }
  Attributes() = default;
  ~Attributes() {
    if (made_) ::DeleteProcThreadAttributeList(list());
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  LPPROC_THREAD_ATTRIBUTE_LIST list() noexcept { return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_); }

 private:
  alignas(16) std::byte memory_[kAttributeBytes];
  HANDLE job_ = nullptr;
  bool made_ = false;
};

// The list with SystemRoot in it, without which many programs do not start; `own` holds ours.
const char* const* with_system_root(const Spec& spec, char** list, char (&own)[MAX_PATH + 16]) noexcept {
  char** end = list;
  for (char** entry = spec.envp; *entry != nullptr; ++entry) *end++ = *entry;
  if (find_variable(spec.envp, "SystemRoot") == nullptr) {
    const char name[] = "SystemRoot=";
    std::memcpy(own, name, sizeof name);
    wchar_t folder[MAX_PATH];
    const UINT length = ::GetSystemWindowsDirectoryW(folder, MAX_PATH);
    const int bytes = length == 0 || length >= MAX_PATH
                          ? 0
                          : ::WideCharToMultiByte(CP_UTF8, 0, folder, -1, own + sizeof name - 1,
                                                  static_cast<int>(sizeof own - sizeof name), nullptr, nullptr);
    if (bytes > 0) *end++ = own;
  }
  *end = nullptr;
  sort_environment(list);
  return list;
}

// Three texts of one program in one piece of memory.
struct Texts {
  wchar_t* command_line = nullptr;
  wchar_t* environment = nullptr;
  wchar_t* cwd = nullptr;
};

// Called twice: to count, then to write. 0, or an error.
int write_texts(const Spec& spec, const char* const* envp, char16_t* memory, Texts& texts,
                std::size_t& units) noexcept {
  WideText to(memory);
  const auto here = [&] { return memory == nullptr ? nullptr : reinterpret_cast<wchar_t*>(memory + to.units()); };
  texts.command_line = here();
  if (!write_command_line(spec.argv, to)) return ERROR_NO_UNICODE_TRANSLATION;
  if (to.units() > kMaxCommandLine) return ERROR_FILENAME_EXCED_RANGE;
  texts.environment = here();
  if (!write_environment(envp, to)) return ERROR_NO_UNICODE_TRANSLATION;
  texts.cwd = here();
  if (!to.add_utf8(spec.cwd)) return ERROR_NO_UNICODE_TRANSLATION;
  to.add(0);
  units = to.units();
  return 0;
}

// Invalid standard handles: else the program would get ours, and write past its console.
SpawnResult create(const wchar_t* path, const Texts& texts, Attributes& attributes, Child& child) noexcept {
  STARTUPINFOEXW info{};
  info.StartupInfo.cb = sizeof info;
  info.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  info.StartupInfo.hStdInput = INVALID_HANDLE_VALUE;
  info.StartupInfo.hStdOutput = INVALID_HANDLE_VALUE;
  info.StartupInfo.hStdError = INVALID_HANDLE_VALUE;
  info.lpAttributeList = attributes.list();
  PROCESS_INFORMATION made{};
  constexpr DWORD kFlags = CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
  const DWORD error = start_again([&]() noexcept {
    const BOOL made_it = ::CreateProcessW(path, texts.command_line, nullptr, nullptr, FALSE, kFlags, texts.environment,
                                          texts.cwd, &info.StartupInfo, &made);
    return made_it != 0 ? DWORD{ERROR_SUCCESS} : ::GetLastError();
  });
  if (error != 0) return spawn_result(step_of(error), static_cast<int>(error));
  const Descriptor thread = own_handle(made.hThread);
  child.process = own_handle(made.hProcess);
  child.pid = made.dwProcessId;
  crash_point("host_forked");
  BOOL in_job = FALSE;
  const bool settled = ::IsProcessInJob(made.hProcess, handle_of(child.job), &in_job) != 0 && in_job != 0 &&
                       ::ResumeThread(made.hThread) != static_cast<DWORD>(-1);
  if (!settled) {
    const int why = last_error();
    ::TerminateProcess(made.hProcess, 1);
    return spawn_result(SpawnStep::session, why != 0 ? why : ERROR_GEN_FAILURE);
  }
  SpawnResult result = spawn_result(SpawnStep::none, 0);
  result.child_pid = child.pid;
  return result;
}

}  // namespace

SpawnResult start_child(const Spec& spec, ConsoleHandle console, Child& child) noexcept {
  char system_root[MAX_PATH + 16];
  const HeapBlock<char*> list(spec.fixed.envc + std::size_t{2});
  static wchar_t path[kMaxProgramPath];
  if (list.get() == nullptr) return spawn_result(SpawnStep::fork, ERROR_NOT_ENOUGH_MEMORY);
  if (const int error = find_program(spec, path); error != 0) return spawn_result(SpawnStep::exec, error);

  const char* const* const envp = with_system_root(spec, list.get(), system_root);
  Texts texts;
  std::size_t units = 0;
  if (const int error = write_texts(spec, envp, nullptr, texts, units); error != 0)
    return spawn_result(SpawnStep::exec, error);
  const HeapBlock<char16_t> memory(units);
  if (memory.get() == nullptr) return spawn_result(SpawnStep::fork, ERROR_NOT_ENOUGH_MEMORY);
  write_texts(spec, envp, memory.get(), texts, units);

  Attributes attributes;
  if (const int error = make_job(child.job); error != 0) return spawn_result(SpawnStep::session, error);
  if (const int error = attributes.create(console, handle_of(child.job)); error != 0)
    return spawn_result(SpawnStep::fork, error);
  const SpawnResult result = create(path, texts, attributes, child);
  if (result.error != 0) child = Child{};
  return result;
}

}  // namespace ptyd::host
