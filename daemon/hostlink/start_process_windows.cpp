#include "daemon/hostlink/start_process.hpp"

#include <windows.h>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/windows/stream_handle.hpp>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "common/escape.hpp"
#include "common/handle_windows.hpp"
#include "common/leave_job.hpp"
#include "common/own_job_windows.hpp"
#include "common/pipe_windows.hpp"
#include "common/wide_string.hpp"
#include "daemon/host/start_again_windows.hpp"
#include "daemon/host/wire.hpp"
#include "daemon/hostlink/random_pipe_windows.hpp"
#include "daemon/hostlink/service_host_windows.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

class PipeAnswer final : public ProcessAnswer {
 public:
  PipeAnswer(asio::any_io_executor executor, HANDLE pipe) : pipe_(executor, pipe) {}

  // A host that has closed its end before gives an error here, which says no more than the missing bytes.
  asio::awaitable<Result<std::string>> read(std::size_t size) override {
    std::string answer;
    while (answer.size() < size) {
      const auto buffer = asio::buffer(bytes_.data(), std::min(bytes_.size(), size - answer.size()));
      const auto [error, got] = co_await pipe_.async_read_some(buffer, kTuple);
      if (given_up_) co_return Error{errc::cancelled, "nobody waits for the answer any more"};
      if (error) break;
      answer.append(bytes_.data(), got);
    }
    co_return answer;
  }

  void give_up() noexcept override {
    given_up_ = true;
    boost::system::error_code ignored;
    pipe_.close(ignored);
  }

 private:
  asio::windows::stream_handle pipe_;
  std::array<char, 64> bytes_{};
  bool given_up_ = false;
};

// The handles of ours that the new program gets, and no others.
class Inherited {
 public:
  // The value of a copy of `handle` in the new program; null when there can be none.
  HANDLE add(const UniqueHandle& handle) {
    HANDLE copy = nullptr;
    if (::DuplicateHandle(::GetCurrentProcess(), handle_of(handle), ::GetCurrentProcess(), &copy, 0, TRUE,
                          DUPLICATE_SAME_ACCESS) == 0)
      return nullptr;
    owners_.push_back(own_handle(copy));
    values_.push_back(copy);
    return copy;
  }
  std::vector<HANDLE>& values() noexcept { return values_; }

 private:
  std::vector<UniqueHandle> owners_;
  std::vector<HANDLE> values_;
};

class AttributeList {
 public:
  // `handles` must outlive this.
  explicit AttributeList(std::vector<HANDLE>& handles) {
    SIZE_T bytes = 0;
    ::InitializeProcThreadAttributeList(nullptr, 1, 0, &bytes);
    memory_.resize(bytes);
    made_ = ::InitializeProcThreadAttributeList(get(), 1, 0, &bytes) != 0;
    ready_ = made_ && ::UpdateProcThreadAttribute(get(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles.data(),
                                                  handles.size() * sizeof(HANDLE), nullptr, nullptr) != 0;
  }
  ~AttributeList() {
    if (made_) ::DeleteProcThreadAttributeList(get());
  }
  AttributeList(const AttributeList&) = delete;
  AttributeList& operator=(const AttributeList&) = delete;
  bool ready() const noexcept { return ready_; }
  LPPROC_THREAD_ATTRIBUTE_LIST get() noexcept {
    return static_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(static_cast<void*>(memory_.data()));
  }

 private:
  std::vector<std::byte> memory_;
  bool made_ = false;
  bool ready_ = false;
};

std::wstring number_of(HANDLE handle) { return std::to_wstring(reinterpret_cast<std::uintptr_t>(handle)); }

// 0 or what GetLastError() gives.
DWORD create(const std::wstring& program, const std::wstring& arguments, std::vector<HANDLE>& handles, HANDLE null,
             DWORD leave_job) {
  AttributeList attributes(handles);
  if (!attributes.ready()) return ::GetLastError();
  std::array<wchar_t, MAX_PATH> folder{};
  const bool known = ::GetSystemDirectoryW(folder.data(), static_cast<UINT>(folder.size())) != 0;
  STARTUPINFOEXW info{};
  info.StartupInfo.cb = sizeof info;
  info.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  info.StartupInfo.hStdInput = info.StartupInfo.hStdOutput = info.StartupInfo.hStdError = null;
  info.lpAttributeList = attributes.get();
  constexpr DWORD kFlags =
      DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
  std::wstring line = arguments;
  PROCESS_INFORMATION made{};
  if (::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE, kFlags | leave_job, nullptr,
                       known ? folder.data() : nullptr, &info.StartupInfo, &made) == 0)
    return ::GetLastError();
  ::CloseHandle(made.hThread);
  ::CloseHandle(made.hProcess);
  return 0;
}

// Started by us, inheriting `handles`. 0, or Windows' error.
DWORD create_inheriting(const std::wstring& program, const HostHandles& handles, DWORD leave_job) {
  const auto null = own_handle(::CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                             nullptr, OPEN_EXISTING, 0, nullptr));
  if (!null) return ::GetLastError();
  Inherited inherited;
  const HANDLE their_null = inherited.add(null);
  const HANDLE spec = inherited.add(handles.spec);
  const HANDLE answer = inherited.add(handles.answer);
  const HANDLE record = handles.record ? inherited.add(handles.record) : nullptr;
  if (their_null == nullptr || spec == nullptr || answer == nullptr || (handles.record && record == nullptr))
    return ::GetLastError();
  // No file name has a quote in it.
  const std::wstring line =
      L"\"" + program + L"\" " + number_of(spec) + L" " + number_of(answer) + L" " + number_of(record);
  return host::start_again([&] { return create(program, line, inherited.values(), their_null, leave_job); });
}

// As a new process elsewhere says that it could not become the program.
void report(const UniqueHandle& answer, DWORD error) {
  const host::SpawnResult result{static_cast<std::uint32_t>(host::SpawnStep::none), error, 0, 0};
  DWORD written = 0;
  ::WriteFile(handle_of(answer), &result, sizeof result, &written, nullptr);
}

// On a thread of its own, which may outlive all else here: the service may take long, and the process must be able to
// end while it does.
void start_elsewhere(const std::wstring& program, const HostHandles& handles) {
  if (start_host_by_service(program, handles) == 0) return;
  const DWORD error = create_inheriting(program, handles, 0);
  if (error != 0) return report(handles.answer, error);
  spdlog::warn("a session's host could not leave the job that ptyd runs in: the session ends with that job");
}

UniqueHandle copy_of(const UniqueHandle& handle) {
  HANDLE copy = nullptr;
  ::DuplicateHandle(::GetCurrentProcess(), handle_of(handle), ::GetCurrentProcess(), &copy, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
  return own_handle(copy);
}

struct AnswerPipe {
  UniqueHandle read;
  UniqueHandle write;
};

// Ours overlapped, the program's not. Nobody else can know the name before the only instance is taken.
Result<AnswerPipe> make_pipe() {
  const auto name = random_pipe_name("ptyd-answer-");
  auto read = make_pipe_instance(name, true);
  if (!read) return read.error();
  const auto wide = to_wide(name);
  if (!wide) return wide.error();
  auto write = own_handle(::CreateFileW(wide->c_str(), GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                        SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, nullptr));
  if (!write) return os_error("make a pipe for the host's answer", last_error());
  return AnswerPipe{std::move(*read), std::move(write)};
}

}  // namespace

Result<std::shared_ptr<ProcessAnswer>> start_process(asio::any_io_executor executor, const std::string& program,
                                                     const UniqueHandle& spec, const UniqueHandle& record) {
  const auto wide = to_wide(program);
  if (!wide) return wide.error();
  auto pipe = make_pipe();
  if (!pipe) return pipe.error();
  HostHandles handles{copy_of(spec), std::move(pipe->write), record ? copy_of(record) : UniqueHandle()};
  if (!handles.spec || (record && !handles.record)) return os_error("prepare the host's handles", last_error());
  std::shared_ptr<ProcessAnswer> answer;
  try {
    answer = std::make_shared<PipeAnswer>(executor, handle_of(pipe->read));
    static_cast<void>(pipe->read.release());
  } catch (const boost::system::system_error& e) {
    return os_error("wait for the host's answer", e.code().value());
  }
  const DWORD failed = create_inheriting(*wide, handles, CREATE_BREAKAWAY_FROM_JOB);
  if (failed == 0) return answer;
  if (!next_job_way(JobWay::breakaway, failed == ERROR_ACCESS_DENIED, in_job())) {
    report(handles.answer, failed);
    return answer;
  }
  try {
    std::thread([path = *wide, handles = std::move(handles)] { start_elsewhere(path, handles); }).detach();
  } catch (const std::system_error& e) {
    return os_error("make a thread", e.code().value());
  }
  return answer;
}

Result<std::shared_ptr<ProcessAnswer>> start_process_with(asio::any_io_executor, const std::string&,
                                                          const std::vector<PlacedHandle>&) {
  return Error{errc::unimplemented, "a session's host can't be replaced on Windows"};
}

}  // namespace ptyd
