#include "tests/unit/host/console_session.hpp"

#include <cstdlib>

namespace ptyd {

using std::chrono::steady_clock;

Deadline soon() {
  const char* const stretch = std::getenv("PTYD_TEST_DEADLINE");
  const long seconds = stretch != nullptr ? std::strtol(stretch, nullptr, 10) : 0;
  return steady_clock::now() + std::chrono::seconds(seconds > 0 ? seconds : 30);
}

DWORD left_ms(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
  return left > 0 ? static_cast<DWORD>(left) : 0;
}

std::string console_child() {
  const char* const folder = std::getenv("PTYD_BIN_DIR");
  char full[MAX_PATH] = {};
  const std::string path = std::string(folder != nullptr ? folder : "bin") + "/console_child.exe";
  return ::GetFullPathNameA(path.c_str(), sizeof full, full, nullptr) != 0 ? full : path;
}

SpecOf::SpecOf(const ProgramOptions& options) : texts_(options.argv) {
  texts_.insert(texts_.begin(), options.file);
  const std::size_t arguments = texts_.size();
  texts_.insert(texts_.end(), options.env.begin(), options.env.end());
  texts_.push_back(options.file);
  texts_.push_back(options.cwd);
  pointers_.push_back(nullptr);
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (i == arguments) pointers_.push_back(nullptr);
    if (i == texts_.size() - 2) break;
    pointers_.push_back(texts_[i].data());
  }
  pointers_.push_back(nullptr);
  spec_.fixed.size = options.size;
  spec_.fixed.argc = static_cast<std::uint32_t>(arguments);
  spec_.fixed.envc = static_cast<std::uint32_t>(options.env.size());
  spec_.argv = pointers_.data() + 1;
  spec_.envp = spec_.argv + arguments + 1;
  spec_.file = texts_[texts_.size() - 2].c_str();
  spec_.cwd = texts_.back().c_str();
}

ConsoleSession::ConsoleSession(const ProgramOptions& options, bool read_at_once) {
  const SpecOf spec(options);
  const int error = console_.open(options.size);
  result_ = error == 0 ? host::start_child(spec.get(), console_.handle(), child_)
                       : host::SpawnResult{static_cast<std::uint32_t>(host::SpawnStep::pty),
                                           static_cast<std::uint32_t>(error), 0, 0};
  if (error != 0) return;
  releases_ = console_.program_started();
  if (read_at_once) start_reading();
}

ConsoleSession::~ConsoleSession() {
  child_.job.reset();
  console_.begin_close();
  if (console_.handle() != nullptr && !reader_.joinable()) start_reading();
  if (reader_.joinable()) reader_.join();
}

void ConsoleSession::start_reading() { reader_ = std::thread(&ConsoleSession::read_all, this); }

void ConsoleSession::read_all() {
  host::Operation reading;
  host::Outcome outcome;
  outcome.kind = reading.create() == 0 ? host::Outcome::Kind::done : host::Outcome::Kind::failed;
  while (outcome.kind == host::Outcome::Kind::done) {
    char buffer[4096];
    reading.read(console_.output(), buffer, sizeof buffer);
    ::WaitForSingleObject(reading.event(), INFINITE);
    outcome = reading.take();
    const std::lock_guard lock(mutex_);
    output_.append(buffer, outcome.bytes);
    changed_.notify_all();
  }
  const std::lock_guard lock(mutex_);
  output_ended_ = outcome.kind == host::Outcome::Kind::gone;
  changed_.notify_all();
}

bool ConsoleSession::wait_output(const std::string& text, Deadline deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] { return output_.find(text) != std::string::npos; });
}

bool ConsoleSession::wait_output_end(Deadline deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] { return output_ended_; });
}

std::string ConsoleSession::output() {
  const std::lock_guard lock(mutex_);
  return output_;
}

bool ConsoleSession::type(const std::string& text) {
  host::Operation writing;
  if (writing.create() != 0) return false;
  writing.write(console_.input(), text.data(), static_cast<DWORD>(text.size()));
  ::WaitForSingleObject(writing.event(), left_ms(soon()));
  const host::Outcome outcome = writing.take();
  return outcome.kind == host::Outcome::Kind::done && outcome.bytes == text.size();
}

bool ConsoleSession::wait_end(DWORD& exit_code, Deadline deadline) {
  const HANDLE process = host::handle_of(child_.process);
  return ::WaitForSingleObject(process, left_ms(deadline)) == WAIT_OBJECT_0 &&
         ::GetExitCodeProcess(process, &exit_code) != 0;
}

}  // namespace ptyd
