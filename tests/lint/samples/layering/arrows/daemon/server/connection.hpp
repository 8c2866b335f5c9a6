#include "daemon/session/session.hpp"
