#include "daemon/host/host.hpp"

int main(int argc, char** argv) { return ptyd::host::run(argc, argv); }
