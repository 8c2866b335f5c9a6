#include <exception>
#include <string>
#include <variant>

#include "common/program_arguments.hpp"
#include "common/standard_output.hpp"
#include "daemon/daemon.hpp"
#include "daemon/options.hpp"

int main(int argc, char** argv) {
  using ptyd::OutputStream;
  try {
    const ptyd::ProgramArguments arguments(argc, argv);
    const auto parsed = ptyd::parse_options(arguments.count(), arguments.data());
    if (const auto* print = std::get_if<ptyd::PrintAndExit>(&parsed)) {
      ptyd::write_output(print->status == 0 ? OutputStream::out : OutputStream::error, print->text);
      return print->status;
    }
    return ptyd::run_daemon(std::get<ptyd::DaemonOptions>(parsed));
  } catch (const std::exception& error) {
    ptyd::write_output(OutputStream::error,
                       "ptyd: stopped by an unexpected error: " + std::string(error.what()) + "\n");
    return 1;
  }
}
