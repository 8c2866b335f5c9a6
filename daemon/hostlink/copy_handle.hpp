// Another descriptor of the same thing. Private to this folder.
#pragma once

#include "common/unique_handle.hpp"

namespace ptyd {

// Closed on exec. None when there can't be one: also where nobody needs it (Windows).
UniqueHandle copy_handle(const UniqueHandle& handle) noexcept;

}  // namespace ptyd
