#include "daemon/host/nursery.hpp"

namespace ptyd::host {

Nursery wait_in_nursery(int, char**) { return Nursery::no; }

}  // namespace ptyd::host
