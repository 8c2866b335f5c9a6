#include "tests/unit/host/host_session.hpp"

#include <atomic>
#include <cstdlib>

namespace ptyd {

using host::MessageType;

namespace {

std::string spec_of(const SessionOptions& options, const std::string& marker) {
  std::string strings;
  const auto append = [&](const std::string& text) { strings.append(text.c_str(), text.size() + 1); };
  append(marker);
  append(options.cwd);
  append(options.file);
  append(options.file);
  for (const std::string& one : options.argv) append(one);
  for (const std::string& one : options.env) append(one);
  host::SpawnSpec spec{};
  spec.magic = options.broken_spec ? 0 : host::kSpecMagic;
  spec.version = host::kProtocolVersion;
  spec.ring_capacity = options.ring_capacity;
  std::memcpy(spec.session_id, "session-for-test", sizeof spec.session_id);
  spec.size = options.size;
  spec.argc = static_cast<std::uint32_t>(options.argv.size() + 1);
  spec.envc = static_cast<std::uint32_t>(options.env.size());
  spec.strings_size = strings.size();
  spec.record_size = options.record.size();
  return std::string(reinterpret_cast<const char*>(&spec), sizeof spec) + strings;
}

std::string own_marker() {
  static std::atomic<int> count{0};
  char folder[MAX_PATH] = {};
  ::GetTempPathA(sizeof folder, folder);
  return std::string(folder) + "ptyd-host-test-" + std::to_string(::GetCurrentProcessId()) + "-" +
         std::to_string(++count);
}

std::string number_of(const host::Descriptor& handle) { return handle ? std::to_string(handle.native()) : "0"; }

void let_inherit(const host::Descriptor& handle) {
  if (handle) ::SetHandleInformation(host::handle_of(handle), HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
}

// Finishes one call. Nothing when it failed or was not done in time.
std::optional<DWORD> finish(host::Operation& operation, Deadline deadline) {
  ::WaitForSingleObject(operation.event(), left_ms(deadline));
  const host::Outcome outcome = operation.take();
  if (outcome.kind != host::Outcome::Kind::done) return std::nullopt;
  return outcome.bytes;
}

}  // namespace

host::Descriptor section_with(const std::string& content) {
  if (content.empty()) return host::Descriptor();
  host::Descriptor section = host::own_handle(::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0,
                                                                   static_cast<DWORD>(content.size()), nullptr));
  void* const view = ::MapViewOfFile(host::handle_of(section), FILE_MAP_WRITE, 0, 0, 0);
  if (view == nullptr) return host::Descriptor();
  std::memcpy(view, content.data(), content.size());
  ::UnmapViewOfFile(view);
  return section;
}

// ---------------------------------------------------------------- the connection

PipeClient::PipeClient(const std::string& pipe_name) {
  pipe_ = host::own_handle(::CreateFileA(pipe_name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                         FILE_FLAG_OVERLAPPED, nullptr));
}

bool PipeClient::send_text(MessageType type, const std::string& body) {
  const host::MessageHeader header{static_cast<std::uint32_t>(body.size()), static_cast<std::uint16_t>(type), 0};
  return send_raw(std::string(reinterpret_cast<const char*>(&header), sizeof header) + body);
}

bool PipeClient::send_raw(const std::string& bytes) {
  host::Operation writing;
  if (writing.create() != 0) return false;
  writing.write(host::handle_of(pipe_), bytes.data(), static_cast<DWORD>(bytes.size()));
  return finish(writing, soon()) == bytes.size();
}

bool PipeClient::read_exactly(void* to, std::size_t bytes) {
  char* at = static_cast<char*>(to);
  const Deadline deadline = soon();
  while (bytes > 0) {
    host::Operation reading;
    if (reading.create() != 0) return false;
    reading.read(host::handle_of(pipe_), at, static_cast<DWORD>(bytes));
    const auto got = finish(reading, deadline);
    if (!got) return false;
    at += *got;
    bytes -= *got;
  }
  return true;
}

std::optional<HostMessage> PipeClient::receive() {
  host::MessageHeader header{};
  if (!read_exactly(&header, sizeof header)) return std::nullopt;
  HostMessage message{static_cast<MessageType>(header.type), std::string(header.size, 0)};
  if (!read_exactly(message.body.data(), header.size)) return std::nullopt;
  return message;
}

std::optional<HostMessage> PipeClient::expect(MessageType type) {
  for (auto message = receive(); message; message = receive())
    if (message->type == type) return message;
  return std::nullopt;
}

std::optional<std::uint32_t> PipeClient::result() {
  const auto message = expect(MessageType::result);
  if (!message) return std::nullopt;
  return message->as<host::Result>().error;
}

bool PipeClient::closed_by_host() {
  while (receive()) {
  }
  DWORD there = 0;
  return ::PeekNamedPipe(host::handle_of(pipe_), nullptr, 0, nullptr, &there, nullptr) == 0;
}

bool PipeClient::hello(host::HelloReply& reply) {
  if (!connected() || !send(MessageType::hello, host::Hello{1, 1})) return false;
  const auto message = receive();
  if (!message || message->type != MessageType::hello_reply) return false;
  reply = message->as<host::HelloReply>();
  return reply.version == 1;
}

// ---------------------------------------------------------------- the host

HostSession::HostSession(const SessionOptions& options)
    : marker_(options.marker.empty() ? own_marker() : options.marker) {
  for (const auto& [name, value] : options.host_env) ::SetEnvironmentVariableA(name.c_str(), value.c_str());
  answered_ = start_host(options);
  for (const auto& [name, value] : options.host_env) ::SetEnvironmentVariableA(name.c_str(), nullptr);
}

HostSession::~HostSession() {
  if (ring_ != nullptr) ::UnmapViewOfFile(ring_);
  if (!process_) return;
  ::TerminateProcess(process(), 1);
  ::WaitForSingleObject(process(), INFINITE);
}

// As a daemon does: its three handles by inheritance, nothing else. Here alone they are told by being inheritable.
bool HostSession::start_host(const SessionOptions& options) {
  const host::Descriptor spec = section_with(spec_of(options, marker_));
  const host::Descriptor record = section_with(options.record);
  HANDLE ends[2];
  if (!spec || ::CreatePipe(&ends[0], &ends[1], nullptr, 0) == 0) return false;
  const host::Descriptor to_read = host::own_handle(ends[0]);
  host::Descriptor to_write = host::own_handle(ends[1]);
  for (const host::Descriptor* const one : {&spec, &record, static_cast<const host::Descriptor*>(&to_write)})
    let_inherit(*one);
  const std::string child = console_child();
  const std::string program = child.substr(0, child.rfind('\\')) + "\\ptyd-host.exe";
  std::string line = "\"" + program + "\" " + number_of(spec) + " " + number_of(to_write) + " " + number_of(record);
  STARTUPINFOA info{};
  info.cb = sizeof info;
  PROCESS_INFORMATION made{};
  if (::CreateProcessA(program.c_str(), line.data(), nullptr, nullptr, TRUE,
                       DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP, nullptr, "C:\\", &info, &made) == 0)
    return false;
  const host::Descriptor thread = host::own_handle(made.hThread);
  process_ = host::own_handle(made.hProcess);
  to_write.reset();
  DWORD got = 0;
  return ::ReadFile(ends[0], &result_, sizeof result_, &got, nullptr) != 0 && got == sizeof result_;
}

std::string HostSession::pipe_name() const {
  const host::Descriptor file = host::own_handle(::CreateFileA(marker_.c_str(), GENERIC_READ,
                                                               FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                                               nullptr, OPEN_EXISTING, 0, nullptr));
  char name[256];
  DWORD got = 0;
  if (!file || ::ReadFile(host::handle_of(file), name, sizeof name, &got, nullptr) == 0) return "";
  return std::string(name, got);
}

host::Descriptor HostSession::fetch(std::uint64_t value) const {
  HANDLE ours = nullptr;
  ::DuplicateHandle(process(), reinterpret_cast<HANDLE>(value), ::GetCurrentProcess(), &ours, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
  return host::own_handle(ours);
}

std::uint64_t HostSession::give(HANDLE handle) const {
  HANDLE theirs = nullptr;
  ::DuplicateHandle(::GetCurrentProcess(), handle, process(), &theirs, 0, FALSE, DUPLICATE_SAME_ACCESS);
  return reinterpret_cast<std::uint64_t>(theirs);
}

bool HostSession::attach() {
  client_.emplace(pipe_name());
  host::HelloReply about{};
  if (!client_->hello(about) || !client_->send(MessageType::attach, host::Attach{about.generation + 1})) return false;
  const auto reply = client_->receive();
  if (!reply || reply->type != MessageType::attached) return false;
  ring_section_ = fetch(reply->handle(sizeof(host::Attached), 0));
  wakeup_ = fetch(reply->handle(sizeof(host::Attached), 1));
  if (!ring_section_ || !wakeup_) return false;
  if (ring_ != nullptr) ::UnmapViewOfFile(ring_);
  ring_ = static_cast<host::RingHeader*>(
      ::MapViewOfFile(host::handle_of(ring_section_), FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, 0));
  return ring_ != nullptr;
}

bool HostSession::type(const std::string& text, std::uint64_t offset) {
  host::Input input{};
  input.stream[0] = 1;
  input.offset = offset;
  return client_->send(MessageType::input, input, text);
}

bool HostSession::wait_wakeup(Deadline deadline) {
  return ::WaitForSingleObject(host::handle_of(wakeup_), left_ms(deadline)) == WAIT_OBJECT_0;
}

std::string HostSession::output_until(const std::string& text, std::uint64_t from) {
  const Deadline deadline = soon();
  for (;;) {
    ring_->output_armed.store(1);
    const std::string found = output(from, ring_->head.load());
    if (found.find(text) != std::string::npos || !wait_wakeup(deadline)) return found;
  }
}

std::string HostSession::output(std::uint64_t from, std::uint64_t to) const {
  const char* const data = reinterpret_cast<const char*>(ring_) + host::kDataOffset;
  std::string text;
  for (; from < to; ++from) text += data[from % ring_->capacity];
  return text;
}

bool HostSession::wait_written(std::uint64_t written) {
  const Deadline deadline = soon();
  for (;;) {
    ring_->input_armed.store(1);
    if (ring_->input_written.load() >= written) return true;
    if (!wait_wakeup(deadline)) return false;
  }
}

bool HostSession::wait_host_end(DWORD& code) {
  return ::WaitForSingleObject(process(), left_ms(soon())) == WAIT_OBJECT_0 &&
         ::GetExitCodeProcess(process(), &code) != 0;
}

}  // namespace ptyd
