#include "daemon/hostlink/host_link.hpp"
