// Two ends of one connection, as DaemonStream takes them.
#pragma once

#include <utility>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

Result<std::pair<UniqueHandle, UniqueHandle>> stream_pair();

}  // namespace ptyd
