// What soak_load can do. Each verb reads its arguments, runs until it is done or its standard input ends, and prints
// lines: first those that tell soak.py how far it is, at last one JSON object of figures.
#pragma once

#include <span>

namespace ptyd::soak {

using Arguments = std::span<char*>;

int run_duplex(Arguments arguments);
int run_churn(Arguments arguments);
int run_idle(Arguments arguments);
int run_fan(Arguments arguments);
int run_malformed(Arguments arguments);

}  // namespace ptyd::soak
