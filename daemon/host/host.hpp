// The whole of ptyd-host: starts from what wire.hpp says, serves until it is told to forget.
#pragma once

namespace ptyd::host {

// The exit status of the process.
int run(int argc, char** argv);

}  // namespace ptyd::host
