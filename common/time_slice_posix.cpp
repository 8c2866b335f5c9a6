#include "common/time_slice.hpp"

namespace ptyd {

void set_time_slice(TimeSlice) noexcept {}

}  // namespace ptyd
