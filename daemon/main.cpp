#include <cstdio>
#include <exception>
#include <variant>

#include "daemon/daemon.hpp"
#include "daemon/options.hpp"

int main(int argc, char** argv) {
  try {
    const auto parsed = ptyd::parse_options(argc, argv);
    if (const auto* print = std::get_if<ptyd::PrintAndExit>(&parsed)) {
      std::fputs(print->text.c_str(), print->status == 0 ? stdout : stderr);
      return print->status;
    }
    return ptyd::run_daemon(std::get<ptyd::DaemonOptions>(parsed));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ptyd: stopped by an unexpected error: %s\n", error.what());
    return 1;
  }
}
