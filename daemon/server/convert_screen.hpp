// From a terminal's screen to the messages of ptyd.v1. For the screen thread: nothing but the terminal is touched.
#pragma once

#include "common/error.hpp"
#include "daemon/screen/terminal.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// Errors: invalid_argument that names the field.
Result<void> check_screen_request(const v1::ScreenRequest& request);
// Of a request that was checked. Fits kMaxReply: rows that do not are left out, the oldest first, and `truncated` is
// set. `approximate`: what the reply says of the terminal.
v1::ScreenReply screen_reply(const screen::Terminal& terminal, const v1::ScreenRequest& request, bool approximate);

// Errors: invalid_argument that names the field.
Result<v1::SearchReply> search_reply(const screen::Terminal& terminal, const v1::SearchRequest& request,
                                     bool approximate = false);

}  // namespace ptyd
