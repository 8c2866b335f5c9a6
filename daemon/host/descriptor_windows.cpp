#include "daemon/host/handle_windows.hpp"

namespace ptyd::host {

void Descriptor::reset(Native native) noexcept {
  if (native_ != kNone) ::CloseHandle(handle_of(*this));
  native_ = native;
}

}  // namespace ptyd::host
