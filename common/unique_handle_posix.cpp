#include <unistd.h>

#include "common/unique_handle.hpp"

namespace ptyd {

void UniqueHandle::reset(Native native) noexcept {
  const Native old = std::exchange(native_, native);
  // EINTR: Linux and the BSDs have closed the descriptor already, so a second close could hit another one.
  if (old != kNone) ::close(static_cast<int>(old));
}

}  // namespace ptyd
