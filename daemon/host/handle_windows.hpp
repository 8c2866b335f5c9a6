// Descriptor beside the types of Windows.
#pragma once

#include <windows.h>

#include "daemon/host/descriptor.hpp"

namespace ptyd::host {

inline HANDLE handle_of(const Descriptor& owner) noexcept { return reinterpret_cast<HANDLE>(owner.native()); }

// Takes `handle`. Some calls say "none" by null, others by INVALID_HANDLE_VALUE: both own nothing.
inline Descriptor own_handle(HANDLE handle) noexcept {
  return Descriptor(handle == nullptr ? Descriptor::kNone : reinterpret_cast<Descriptor::Native>(handle));
}

inline int last_error() noexcept { return static_cast<int>(::GetLastError()); }

}  // namespace ptyd::host
