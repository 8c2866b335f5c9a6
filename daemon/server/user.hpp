// The user this process runs as, from the system's user database.
#pragma once

#include <string>
#include <vector>

namespace ptyd {

// The login shell; /bin/sh when the database has none.
std::string login_shell();
// The home folder; / when the database has none.
std::string home_folder();
// NAME=value entries for a program whose creator sent no environment: HOME, LOGNAME, PATH, SHELL, USER.
std::vector<std::string> basic_environment();

}  // namespace ptyd
