// The file this process runs.
#pragma once

#include <string>

namespace ptyd {

// Absolute path; empty when the system does not tell.
std::string program_path();

}  // namespace ptyd
