// What `record start` and `new --record` have in common.
#pragma once

#include <cstdint>
#include <string>

#include "client/commands/context.hpp"
#include "common/error.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// The file as the daemon, which is elsewhere, must name it.
Result<std::string> recording_path(const CommandContext& context, const std::string& file);

v1::RecordSpec record_spec(const std::string& path, unsigned version, bool input, std::uint64_t max_bytes);

}  // namespace ptyd
