#include "daemon/host/host_windows.hpp"

#include <algorithm>
#include <cstdlib>
#include <cwchar>
#include <initializer_list>
#include <new>

#include "daemon/host/clock.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/host.hpp"
#include "daemon/host/spawn_result.hpp"

namespace ptyd::host {

namespace {

constexpr DWORD kAcceptPauseMs = 100;  // when the system can't make another pipe

// Takes a blank and a decimal number from the front of `line`.
bool take_number(const wchar_t*& line, unsigned long long& number) noexcept {
  if (line[0] != L' ' || line[1] < L'0' || line[1] > L'9') return false;
  wchar_t* end = nullptr;
  number = std::wcstoull(line + 1, &end, 10);
  line = end;
  return *line == L' ' || *line == 0;
}

// An inherited handle, as its decimal value, which goes to nobody else; "0" is none.
bool take_handle(const wchar_t*& line, Descriptor& handle) noexcept {
  unsigned long long value = 0;
  if (!take_number(line, value)) return false;
  if (value == 0) return true;
  handle.reset(static_cast<Descriptor::Native>(value));
  return ::SetHandleInformation(handle_of(handle), HANDLE_FLAG_INHERIT, 0) != 0;
}

bool take_handles(const wchar_t* line, StartHandles& handles) noexcept {
  return take_handle(line, handles.spec) && take_handle(line, handles.result) && take_handle(line, handles.record) &&
         *line == 0;
}

// From the pipe that our only argument names, by whoever had us started: three values that are ours already.
bool fetch_handles(const wchar_t* line, StartHandles& handles) noexcept {
  constexpr wchar_t kPipes[] = L" \\\\.\\pipe\\ptyd-start-";
  if (std::wcsncmp(line, kPipes, std::wcslen(kPipes)) != 0) return false;
  const Descriptor pipe = own_handle(::CreateFileW(line + 1, GENERIC_READ, 0, nullptr, OPEN_EXISTING,
                                                   SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
  std::uint64_t values[3]{};
  DWORD got = 0;
  if (!pipe || ::ReadFile(handle_of(pipe), values, sizeof values, &got, nullptr) == 0 || got != sizeof values)
    return false;
  handles.spec.reset(static_cast<Descriptor::Native>(values[0]));
  handles.result.reset(static_cast<Descriptor::Native>(values[1]));
  if (values[2] != 0) handles.record.reset(static_cast<Descriptor::Native>(values[2]));
  return values[0] != 0 && values[1] != 0;
}

// What stands behind the program's name, which is in quotes. The C runtime's arguments were made from the user's code
// page, in which letters of a folder's name can become quotes.
const wchar_t* own_arguments() noexcept {
  const wchar_t* const line = ::GetCommandLineW();
  const wchar_t* const end = *line == L'"' ? std::wcschr(line + 1, L'"') : nullptr;
  return end != nullptr ? end + 1 : L"";
}

// Nobody can look at a box of ours. Being the first of a process group made us deaf to Ctrl-C, which the program would
// inherit.
void set_up_process() noexcept {
  ::SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
  ::SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
  ::SetConsoleCtrlHandler(nullptr, FALSE);
}

void report(Descriptor& to, const SpawnResult& result) noexcept {
  DWORD written = 0;
  ::WriteFile(handle_of(to), &result, sizeof result, &written, nullptr);
  to.reset();
}

}  // namespace

int Host::run(StartHandles handles) {
  set_up_process();
  const SpawnResult result = start(handles);
  if (result.error != 0) listener_.remove();
  crash_point("host_started");
  report(handles.result, result);
  if (result.error != 0) return 1;

  begin();
  while (!ended()) wait();
  return 0;
}

SpawnResult Host::start(StartHandles& handles) {
  Spec spec;
  const int error = read_spec(handles.spec.native(), spec);
  const SpawnResult result = error != 0 ? spawn_result(SpawnStep::spec, error) : start_program(spec, handles);
  handles.spec.reset();
  free_spec(spec);
  return result;
}

SpawnResult Host::start_program(const Spec& spec, StartHandles& handles) {
  if (spec.fixed.record_size > 0 && !handles.record) return spawn_result(SpawnStep::spec, ERROR_INVALID_HANDLE);
  if (const int error = listener_.open(spec.socket_path); error != 0) return spawn_result(SpawnStep::socket, error);
  crash_point("host_bound");
  const SpawnResult result = terminal_.start(spec);
  if (result.error != 0) return result;
  // A process handle means what a pidfd does, and a job holds all that was started in it.
  control_.create(terminal_,
                  kFeaturePidfd | kFeatureSubreaper | kFeatureKeptTty | kFeatureWakeMessages | kGuestFeatures);
  if (spec.fixed.record_size > 0)
    control_.keep(Slot::record, static_cast<Descriptor&&>(handles.record), 0, spec.fixed.record_size);
  return result;
}

// Everything is looked at each time, so that nothing that is always ready keeps the rest waiting.
void Host::wait() {
  const bool program_ended = wait_for_events();
  serve_connections();
  if (ended()) return;
  accept_connections();
  terminal_.write_input();
  // The status first: the end of the output comes after it.
  if (program_ended && terminal_.reap()) control_.tell(MessageType::exited);
  terminal_.end_hung_up();
  if (terminal_.output().at_floor() && abandoned()) terminal_.output().look_again();
  if (!terminal_.ended() && !terminal_.output().at_floor() && terminal_.move_output(abandoned()))
    control_.tell(MessageType::stream_end);
  control_.tell_guests();
}

// True when the program has ended: the first of several events is told, so that one stands first.
bool Host::wait_for_events() {
  HANDLE events[kFixedEvents + kConnections];
  DWORD count = 0;
  const HANDLE program = terminal_.program_event();
  const HANDLE listener = listener_.failing() ? nullptr : listener_.event();
  for (const HANDLE event : {program, listener, terminal_.output_event(), terminal_.input_event()})
    if (event != nullptr) events[count++] = event;
  for (const Connection* const connection : connections_) {
    if (connection == nullptr) break;
    if (connection->is_open() && connection->event() != nullptr) events[count++] = connection->event();
  }
  const DWORD timeout = timeout_ms();
  if (count == 0) {
    ::Sleep(timeout);
    return false;
  }
  return ::WaitForMultipleObjects(count, events, FALSE, timeout) == WAIT_OBJECT_0 && program != nullptr;
}

// Time runs only for a host that waits at the floor and has no daemon, that could not listen, or whose console is
// closed.
DWORD Host::timeout_ms() const noexcept {
  if (terminal_.must_move()) return 0;
  for (const Connection* const connection : connections_) {
    if (connection == nullptr) break;
    if (connection->must_receive()) return 0;
  }
  DWORD timeout = listener_.failing() ? kAcceptPauseMs : INFINITE;
  if (terminal_.output().at_floor() && !control_.has_daemon())
    timeout = std::min<DWORD>(timeout, ms_until(abandoned_at_ns()));
  if (terminal_.hang_up_end_ns() != 0) timeout = std::min<DWORD>(timeout, ms_until(terminal_.hang_up_end_ns()));
  return timeout;
}

void Host::serve_connections() {
  // The daemon's first: what it asked for before it died is done before the next one takes over.
  for (const bool daemons : {true, false}) {
    for (Connection* const connection : connections_) {
      if (connection == nullptr || ended()) break;
      if (!connection->is_open() || control_.attached(*connection) != daemons) continue;
      connection->flush();
      serve(*connection);
    }
  }
  note_closed();
}

void Host::accept_connections() {
  for (std::size_t i = 0; i < kConnections; ++i) {
    Descriptor pipe = listener_.accept();
    if (!pipe) return;
    if (!peer_is_our_user(handle_of(pipe))) continue;
    take(static_cast<Descriptor&&>(pipe));
  }
}

int run(int, char**) {
  constexpr int kUsage = 2;
  StartHandles handles;
  const wchar_t* const line = own_arguments();
  if (!take_handles(line, handles) && !fetch_handles(line, handles)) return kUsage;
  // Not initialised as a whole: the buffers in it take no memory before they are used.
  alignas(Host) static std::byte memory[sizeof(Host)];
  return (new (memory) Host)->run(static_cast<StartHandles&&>(handles));
}

}  // namespace ptyd::host
