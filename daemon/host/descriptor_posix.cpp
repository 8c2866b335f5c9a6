#include <unistd.h>

#include "daemon/host/descriptor.hpp"

namespace ptyd::host {

void Descriptor::reset(Native native) noexcept {
  if (native_ != kNone) ::close(static_cast<int>(native_));
  native_ = native;
}

}  // namespace ptyd::host
