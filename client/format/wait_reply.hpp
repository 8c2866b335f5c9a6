// What `wait` and `send` tell of conditions that were waited for, as JSON.
#pragma once

#include <string>

#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

std::string wait_json(const v1::WaitReply& reply);  // wait, send, keys: with conditions

}  // namespace ptyd
