// Puts the process's logger back at the end of a test.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "common/log.hpp"
#include "tests/unit/common/temp_dir.hpp"

namespace ptyd {

inline LogOptions to_file(const std::string& path) {
  LogOptions options;
  options.target = LogOptions::Target::file;
  options.file = path;
  return options;
}

class Log : public testing::Test {
 protected:
  ~Log() override { static_cast<void>(set_up_logging({})); }
  TempDir temp_;
};

}  // namespace ptyd
