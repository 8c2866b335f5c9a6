#include "daemon/hostlink/nursery.hpp"

namespace ptyd {

bool start_in_nursery(const std::string&, const std::vector<PlacedHandle>&) { return false; }

}  // namespace ptyd
