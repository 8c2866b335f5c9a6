#include "client/commands/process_windows.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "common/escape.hpp"
#include "common/handle_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace {

// Backslashes mean themselves except before a quotation mark: there they are doubled, also before the one that ends it.
// Source: "Parsing C command-line arguments".
void append_quoted(std::wstring& line, std::wstring_view argument) {
  if (!argument.empty() && argument.find_first_of(L" \t\n\v\"") == std::wstring_view::npos) {
    line += argument;
    return;
  }
  line += L'"';
  std::size_t backslashes = 0;
  for (const wchar_t unit : argument) {
    if (unit == L'"') line.append(backslashes + 1, L'\\');
    backslashes = unit == L'\\' ? backslashes + 1 : 0;
    line += unit;
  }
  line.append(backslashes, L'\\');
  line += L'"';
}

// The handles that a program is to inherit, for STARTUPINFOEXW.
class InheritedHandles {
 public:
  explicit InheritedHandles(const StandardHandles& handles) {
    for (const HANDLE handle : {handles.in, handles.out, handles.error}) {
      const auto known = handles_.data() + count_;
      if (handle == nullptr || std::find(handles_.data(), known, handle) != known) continue;
      ::SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
      handles_[count_++] = handle;
    }
    SIZE_T size = 0;
    ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
    memory_.resize(size);
    if (::InitializeProcThreadAttributeList(list(), 1, 0, &size) == 0) {
      memory_.clear();
      return;
    }
    ::UpdateProcThreadAttribute(list(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles_.data(), count_ * sizeof(HANDLE),
                                nullptr, nullptr);
  }
  InheritedHandles(const InheritedHandles&) = delete;
  InheritedHandles& operator=(const InheritedHandles&) = delete;
  ~InheritedHandles() {
    if (!memory_.empty()) ::DeleteProcThreadAttributeList(list());
  }
  bool any() const noexcept { return count_ > 0 && !memory_.empty(); }
  LPPROC_THREAD_ATTRIBUTE_LIST list() noexcept {
    return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data());
  }

 private:
  std::array<HANDLE, 3> handles_{};
  std::size_t count_ = 0;
  std::vector<std::byte> memory_;
};

}  // namespace

Result<std::wstring> command_line(const std::vector<std::string>& arguments) {
  std::wstring line;
  for (const auto& argument : arguments) {
    const auto wide = to_wide(argument);
    if (!wide) return wide.error();
    if (!line.empty()) {
      line += L' ';
      append_quoted(line, *wide);
    } else if (wide->find(L'"') == std::wstring::npos) {
      line = L'"' + *wide + L'"';
    } else {
      return Error{errc::invalid_argument, "'" + escape_text(argument) + "' is no name of a program"};
    }
  }
  return line;
}

Result<UniqueHandle> start_program(const std::vector<std::string>& arguments, const StandardHandles& handles) {
  auto line = command_line(arguments);
  if (!line) return line.error();
  InheritedHandles inherited(handles);
  STARTUPINFOEXW startup{};
  startup.StartupInfo.cb = sizeof startup;
  startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  startup.StartupInfo.hStdInput = handles.in;
  startup.StartupInfo.hStdOutput = handles.out;
  startup.StartupInfo.hStdError = handles.error;
  startup.lpAttributeList = inherited.any() ? inherited.list() : nullptr;
  PROCESS_INFORMATION process{};
  if (::CreateProcessW(nullptr, line->data(), nullptr, nullptr, inherited.any() ? TRUE : FALSE,
                       EXTENDED_STARTUPINFO_PRESENT, nullptr, nullptr, &startup.StartupInfo, &process) == 0) {
    auto error = os_error("start " + arguments.front(), last_error());
    error.code = errc::spawn_failed;
    error.step = "exec";
    return error;
  }
  ::CloseHandle(process.hThread);
  return own_handle(process.hProcess);
}

Result<int> exit_status(const UniqueHandle& process) {
  DWORD status = 0;
  if (::WaitForSingleObject(handle_of(process), INFINITE) != WAIT_OBJECT_0 ||
      ::GetExitCodeProcess(handle_of(process), &status) == 0)
    return os_error("wait for a program", last_error());
  return static_cast<int>(status);
}

}  // namespace ptyd
