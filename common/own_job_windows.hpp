// The job that this process is in. Windows only.
#pragma once

namespace ptyd {

bool in_job() noexcept;
// It is one that ends all its processes when whoever made it closes it.
bool job_ends_us() noexcept;

}  // namespace ptyd
