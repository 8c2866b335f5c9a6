// A terminal's whole state as JSON, in the shape that oracle.py describes.
#pragma once

#include <string>

#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {

std::string state_json(const Terminal& terminal);

}  // namespace ptyd::screen
