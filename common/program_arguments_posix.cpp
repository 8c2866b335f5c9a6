#include "common/program_arguments.hpp"

namespace ptyd {

ProgramArguments::ProgramArguments(int argc, char** argv) : pointers_(argv, argv + argc) {
  pointers_.push_back(nullptr);
}

}  // namespace ptyd
