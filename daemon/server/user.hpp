// The user this process runs as, from the system's user database.
#pragma once

#include <string>

namespace ptyd {

// The login shell; /bin/sh when the database has none.
std::string login_shell();
// The home folder; / when the database has none.
std::string home_folder();

}  // namespace ptyd
