// What a host is given that goes on for a dead one.
#pragma once

#include "daemon/host/descriptor.hpp"
#include "daemon/host/spec.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

struct TakeoverFiles {
  Takeover fixed{};
  char socket_path[108] = {};
  Descriptor record;
  Descriptor ring;
  Descriptor terminal;
  Descriptor memory;
  Descriptor program;
  Descriptor checkpoint;
};

// True when `source` holds a Takeover and not a SpawnSpec.
bool is_takeover(int source);
// Takes all descriptors that it names, too. 0, or an errno.
int read_takeover(int source, TakeoverFiles& files);

}  // namespace ptyd::host
