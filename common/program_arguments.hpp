// What this process was started with, UTF-8 on every system.
#pragma once

#include <string>
#include <vector>

namespace ptyd {

class ProgramArguments {
 public:
  // As main() got them; they must outlive this. Windows: not looked at, as they come in the user's code page; the
  // system's command line is taken apart instead, as a C runtime does it but without looking for files by patterns.
  ProgramArguments(int argc, char** argv);

  int count() const noexcept { return static_cast<int>(pointers_.size()) - 1; }
  // count() pointers and a null pointer.
  const char* const* data() const noexcept { return pointers_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<const char*> pointers_;
};

}  // namespace ptyd
