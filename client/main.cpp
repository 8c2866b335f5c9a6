#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <string>
#include <variant>

#include "client/cli/command_line.hpp"
#include "client/commands/commands.hpp"
#include "client/commands/system.hpp"
#include "client/format/print_error.hpp"
#include "common/environment_variable.hpp"
#include "common/program_arguments.hpp"
#include "common/standard_output.hpp"

namespace {

int run(ptyd::ParsedCommand parsed) {
  boost::asio::io_context loop(1);
  const bool narrow = ptyd::passes_on_status(parsed.command) && !parsed.global.wide_exit_codes;
  ptyd::CommandContext context(loop.get_executor(), parsed.global,
                               narrow ? ptyd::ExitCodes::narrow : ptyd::ExitCodes::wide, ptyd::environment_variable);
  int status = ptyd::to_int(ptyd::ExitCode::internal);
  std::exception_ptr failure;
  boost::asio::co_spawn(loop, ptyd::run_command(&context, std::move(parsed.command)),
                        [&](const std::exception_ptr& error, int result) {
                          failure = error;
                          status = result;
                          loop.stop();
                        });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    ptyd::complete_standard_streams();
    const ptyd::ProgramArguments arguments(argc, argv);
    auto parsed = ptyd::parse_command_line(arguments.count(), arguments.data(), ptyd::environment_variable);
    if (const auto* help = std::get_if<ptyd::HelpText>(&parsed)) {
      ptyd::write_output(ptyd::OutputStream::out, help->text);
      return 0;
    }
    if (const auto* mistake = std::get_if<ptyd::UsageError>(&parsed)) {
      ptyd::print_error(mistake->error, mistake->global.output);
      return ptyd::to_int(ptyd::ExitCode::usage);
    }
    const int status = run(std::get<ptyd::ParsedCommand>(std::move(parsed)));
    if (status != 0 || !ptyd::output_failed()) return status;
    ptyd::write_output(ptyd::OutputStream::error, "ptyctl: the output could not be written\n");
    return ptyd::to_int(ptyd::ExitCode::failed);
  } catch (const std::exception& error) {
    ptyd::write_output(ptyd::OutputStream::error,
                       "ptyctl: stopped by an unexpected error: " + std::string(error.what()) + "\n");
    return ptyd::to_int(ptyd::ExitCode::failed);
  }
}
