// Memory kept back for when the system has no more.
#pragma once

#include <cstddef>

namespace ptyd {

// Of the process. The reserve is given up to the first allocation that fails, so that what goes on can go on and end
// in order; new work is to be refused until it could be had again. Beyond that std::bad_alloc is thrown as usual.
// Thread: one, but for allocations that fail.
namespace memory_reserve {

// Sets the handler of operator new, [new.handler] in the standard. Once.
void install(std::size_t bytes) noexcept;
// Whether it is there, and has not been given up.
bool held() noexcept;
// Tries to get it again. True when it had been given up and is there now.
bool take_back() noexcept;

}  // namespace memory_reserve

}  // namespace ptyd
