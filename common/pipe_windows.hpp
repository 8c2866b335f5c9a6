// Named pipes as our listeners make them.
#pragma once

#include <string>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// One more instance of the pipe `name` (\\.\pipe\...), for overlapped use: one client can connect to it. It is
// for our user alone, never reached over the network, and not inherited. With `first` it must be the only one.
// Errors: already_exists when `first` and the pipe is there; invalid_argument for a name that is none.
Result<UniqueHandle> make_pipe_instance(const std::string& name, bool first);

}  // namespace ptyd
