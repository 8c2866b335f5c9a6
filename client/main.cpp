#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <variant>

#include "client/cli/command_line.hpp"
#include "client/commands/commands.hpp"
#include "client/commands/system.hpp"
#include "client/format/print_error.hpp"

namespace {

std::optional<std::string> env_variable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

int run(ptyd::ParsedCommand parsed) {
  boost::asio::io_context loop(1);
  const bool narrow = ptyd::passes_on_status(parsed.command) && !parsed.global.wide_exit_codes;
  ptyd::CommandContext context(loop.get_executor(), parsed.global,
                               narrow ? ptyd::ExitCodes::narrow : ptyd::ExitCodes::wide, env_variable);
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
    auto parsed = ptyd::parse_command_line(argc, argv, env_variable);
    if (const auto* help = std::get_if<ptyd::HelpText>(&parsed)) {
      std::fputs(help->text.c_str(), stdout);
      return 0;
    }
    if (const auto* mistake = std::get_if<ptyd::UsageError>(&parsed)) {
      ptyd::print_error(mistake->error, mistake->global.output);
      return ptyd::to_int(ptyd::ExitCode::usage);
    }
    const int status = run(std::get<ptyd::ParsedCommand>(std::move(parsed)));
    if (status != 0 || (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)) return status;
    std::fputs("ptyctl: the output could not be written\n", stderr);
    return ptyd::to_int(ptyd::ExitCode::failed);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ptyctl: stopped by an unexpected error: %s\n", error.what());
    return ptyd::to_int(ptyd::ExitCode::failed);
  }
}
