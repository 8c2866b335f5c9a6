#include "client/drive/shell_integration.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include "client/format/shell_text.hpp"
#include "common/program_path.hpp"

namespace ptyd {

namespace {

Error unfit(std::string message, std::string hint = {}) {
  Error error{errc::invalid_argument, std::move(message)};
  error.hint = std::move(hint);
  return error;
}

// PREFIX/bin/ptyctl has its data in PREFIX/share.
Result<std::string> integration_folder() {
  const std::filesystem::path program(program_path());
  const auto folder = (program.parent_path().parent_path() / "share" / "ptyd" / "shell-integration").lexically_normal();
  std::error_code ignored;
  if (std::filesystem::exists(folder / "ptyd.bash", ignored)) return folder.string();
  Error error{errc::not_found, "the files for shells are not in " + folder.string()};
  error.hint = "install ptyd whole, or source them in your shell's own files";
  return error;
}

void set_variable(v1::CreateRequest& request, const std::string& name, const std::string& value) {
  auto& env = *request.mutable_env();
  for (int i = env.size(); i-- > 0;)
    if (env.Get(i).name() == name) env.DeleteSubrange(i, 1);
  auto* variable = request.add_env();
  variable->set_name(name);
  variable->set_value(value);
}

void set_arguments(v1::CreateRequest& request, const std::vector<std::string>& arguments) {
  while (request.argv_size() > 1) request.mutable_argv()->RemoveLast();
  for (const auto& argument : arguments) request.add_argv(argument);
}

std::string shell_name(const std::string& program) {
  auto name = program.substr(program.find_last_of("/\\") + 1);
  if (name.ends_with(".exe")) name.resize(name.size() - 4);
  return name;
}

void integrate_bash(v1::CreateRequest& request, const std::string& folder) {
  set_variable(request, "PTYD_SHELL_INTEGRATION", folder);
  set_arguments(request, {"--rcfile", folder + "/bashrc"});
  // A login shell reads no --rcfile: that file does what one does.
  if (request.login()) set_variable(request, "PTYD_SHELL_LOGIN", "1");
  request.set_login(false);
}

void integrate_zsh(v1::CreateRequest& request, const std::string& folder) {
  set_variable(request, "PTYD_SHELL_INTEGRATION", folder);
  for (const auto& variable : request.env()) {
    if (variable.name() != "ZDOTDIR") continue;
    const std::string own = variable.value();
    set_variable(request, "PTYD_ZDOTDIR", own);
    break;
  }
  set_variable(request, "ZDOTDIR", folder + "/zsh");
}

}  // namespace

Result<void> integrate_shell(v1::CreateRequest& request, const std::string& usual) {
  if (request.argv_size() == 0) {
    if (usual.empty()) return unfit("SHELL does not say which shell is yours", "name one");
    request.add_argv(usual);
  }
  if (request.argv_size() > 1)
    return unfit("shell integration needs a shell without arguments", "leave the arguments out");
  const auto name = shell_name(request.argv(0));
  auto folder = integration_folder();
  if (!folder) return folder.error();
  if (name == "bash") {
    integrate_bash(request, *folder);
  } else if (name == "zsh") {
    integrate_zsh(request, *folder);
  } else if (name == "fish") {
    set_arguments(request, {"--init-command", "source " + shell_quoted(*folder + "/ptyd.fish", ShellSyntax::fish)});
  } else if (name == "pwsh" || name == "powershell") {
    set_arguments(request,
                  {"-NoExit", "-Command", ". " + shell_quoted(*folder + "/ptyd.ps1", ShellSyntax::powershell)});
  } else {
    return unfit("shell integration knows bash, zsh, fish and PowerShell, not '" + name + "'");
  }
  return {};
}

}  // namespace ptyd
