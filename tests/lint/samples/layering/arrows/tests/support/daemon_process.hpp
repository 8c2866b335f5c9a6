#include "client/ptyd/client.hpp"
