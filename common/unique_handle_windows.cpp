#include "common/handle_windows.hpp"

namespace ptyd {

void UniqueHandle::reset(Native native) noexcept {
  const Native old = std::exchange(native_, native);
  if (old != kNone) ::CloseHandle(reinterpret_cast<HANDLE>(old));
}

}  // namespace ptyd
