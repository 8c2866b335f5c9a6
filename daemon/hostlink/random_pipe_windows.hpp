// A pipe's name that nobody can know before it is taken. Windows only. Private to this folder.
#pragma once

#include <string>

#include "common/random.hpp"

namespace ptyd {

inline std::string random_pipe_name(const char* prefix) {
  std::string name = std::string(R"(\\.\pipe\)") + prefix;
  for (const auto byte : random_bytes16())
    for (const int shift : {4, 0}) name += "0123456789abcdef"[byte >> shift & 15];
  return name;
}

}  // namespace ptyd
