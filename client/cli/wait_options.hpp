// The options by which verbs wait for something to happen in a session.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "client/cli/option_set.hpp"
#include "client/cli/options.hpp"

namespace ptyd {

// What the options are bound to.
struct WaitFlags {
  WaitSpec spec;
  std::optional<std::uint64_t> min_bytes;
  std::optional<std::chrono::milliseconds> quiet;
  std::optional<std::chrono::milliseconds> settled;
  std::optional<std::string> changed;
  bool exit = false;
  bool command = false;
  bool attached = false;
  bool all = false;
};

void add_wait_options(OptionSet& options, WaitFlags& flags);
// `min_bytes`: what --quiet and --settled wait for unless --min-bytes says otherwise.
Result<WaitSpec> finish_wait_options(const WaitFlags& flags, std::uint64_t min_bytes);

}  // namespace ptyd
