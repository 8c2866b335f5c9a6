// A program in a pseudoconsole whose output is read on a thread of its own. Windows only.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/host/operation_windows.hpp"
#include "daemon/host/spawn_windows.hpp"

namespace ptyd {

using Deadline = std::chrono::steady_clock::time_point;
Deadline soon();
DWORD left_ms(Deadline deadline);

std::string console_child();

struct ProgramOptions {
  std::vector<std::string> argv;  // without the program's name
  std::string file = console_child();
  std::string cwd = "C:\\";
  std::vector<std::string> env;
  host::Resize size{80, 25, 0, 0};
};

// A Spec and the memory that it points to.
class SpecOf {
 public:
  explicit SpecOf(const ProgramOptions& options);
  const host::Spec& get() const { return spec_; }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
  host::Spec spec_;
};

class ConsoleSession {
 public:
  explicit ConsoleSession(const ProgramOptions& options, bool read_at_once = true);
  // Ends the program and waits for the end of its output.
  ~ConsoleSession();
  ConsoleSession(const ConsoleSession&) = delete;
  ConsoleSession& operator=(const ConsoleSession&) = delete;

  const host::SpawnResult& result() const { return result_; }
  host::Console& console() { return console_; }
  host::Child& child() { return child_; }
  bool releases() const { return releases_; }

  void start_reading();
  // False when that did not come in time.
  bool wait_output(const std::string& text, Deadline deadline = soon());
  bool wait_output_end(Deadline deadline = soon());
  std::string output();
  bool type(const std::string& text);
  // False when it still runs at the deadline.
  bool wait_end(DWORD& exit_code, Deadline deadline = soon());

 private:
  void read_all();

  host::Console console_;
  host::Child child_;
  host::SpawnResult result_{};
  bool releases_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;
  bool output_ended_ = false;
  std::thread reader_;
};

}  // namespace ptyd
