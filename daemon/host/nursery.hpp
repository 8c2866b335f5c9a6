// A ptyd-host that waits to become others: forking it takes a fraction of what starting the program does, and what is
// the same in all hosts is in memory once.
#pragma once

namespace ptyd::host {

enum class Nursery { no, host, over };

// no: this process was started to be one host. host: it was forked now, and its descriptors are as those of one that
// was started so. over: nobody asks any more. Does not return while it waits.
Nursery wait_in_nursery(int argc, char** argv);

}  // namespace ptyd::host
