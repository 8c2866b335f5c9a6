// UniqueHandle beside the types of Windows.
#pragma once

#include <windows.h>

#include "common/unique_handle.hpp"

namespace ptyd {

inline HANDLE handle_of(const UniqueHandle& owner) noexcept { return reinterpret_cast<HANDLE>(owner.native()); }

// Takes `handle`. Some calls say "none" by null, others by INVALID_HANDLE_VALUE: both own nothing.
inline UniqueHandle own_handle(HANDLE handle) noexcept {
  return UniqueHandle(handle == nullptr ? UniqueHandle::kNone : reinterpret_cast<UniqueHandle::Native>(handle));
}

// For os_error(): what the call that has just failed left.
inline int last_error() noexcept { return static_cast<int>(::GetLastError()); }

}  // namespace ptyd
