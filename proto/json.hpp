// The JSON encoding of frames: protobuf's canonical mapping, one object a line.
#pragma once

#include <string>
#include <string_view>

#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// True when `line` has at most kMaxFields values and brackets nested at most twice kMaxDepth (each repeated
// message has two). Looks at brackets, commas and strings only; the parser judges the rest.
bool json_within_bounds(std::string_view line) noexcept;

// False when `line` is no Frame. Fields that are not known are ignored.
bool parse_json(std::string_view line, ptyd::v1::Frame& frame);

// Appends `frame` and a newline.
void append_json(std::string& out, const ptyd::v1::Frame& frame);

}  // namespace ptyd
