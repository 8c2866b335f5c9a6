#include "daemon/host/wire.hpp"
