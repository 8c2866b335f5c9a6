// What the system has to do with finding and starting a daemon.
#pragma once

#include <string>

#include "common/error.hpp"
#include "common/runtime_paths.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// What connect_local() said.
bool nobody_listens(const Error& error) noexcept;
bool queue_is_full(const Error& error) noexcept;

// The folder that has the start lock; made where it is missing.
Result<UniqueHandle> open_start_folder(const RuntimePaths& paths);

// Held for as long as the result lives, however its holder ends. None: another process holds it.
Result<UniqueHandle> try_start_lock(const std::string& path);

}  // namespace ptyd
