// Starts hosts from one that waits; see docs/decisions/0022-hosts-are-forked-from-one-that-waits.md. Private to this
// folder. Thread: the loop's.
#pragma once

#include <string>
#include <vector>

#include "daemon/hostlink/start_process.hpp"

namespace ptyd {

// True: a host of `program` begins with these descriptors, as fork_program() would give them. False: nobody waits for
// this, and the caller starts it. Who does not wait yet is started for the next time.
bool start_in_nursery(const std::string& program, const std::vector<PlacedHandle>& handles);
// A host ended before it had begun. Who it was forked from may be ending, too, and is asked for no other one.
void forget_nursery() noexcept;

}  // namespace ptyd
