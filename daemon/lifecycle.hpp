// What the system and a service manager give to the daemon and want to know of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// Settings of a process that serves others: no SIGPIPE, files private by default, as many descriptors as allowed.
// Returns the limit of open files that programs should have: the one we were started with.
std::uint64_t prepare_process();

// Whether this process has the rights that a daemon at `socket` should have. Errors: permission_denied, on Windows for
// one with an administrator's rights at the name that the user's daemon has: all that the user runs could reach it.
Result<void> check_rights(const std::string& socket);

// What of how we were started will end us before our time; empty when nothing will.
std::string started_in_danger();

// Holds `path` locked for as long as the result lives, so that there is one daemon for one runtime folder.
// Waits for up to 5 s when whoever wrote its number into it has ended. Errors: already_exists when another process holds
// it; its number is in the message.
Result<UniqueHandle> take_lock(const std::string& path);

// The listening socket that a service manager passed, sd_listen_fds(3); taken out of the environment.
// Nothing: none was passed. Errors: it is not a listening stream socket.
Result<std::optional<UniqueHandle>> inherited_listener();

// Tells a service manager, sd_notify(3). Without one nothing happens.
void notify_manager(const std::string& state);

// True when stderr is connected to the system's journal, systemd.exec(5) JOURNAL_STREAM.
bool logs_to_journal();

// Writes a line to `descriptor` and closes it: the program that started us waits for it.
void tell_ready(int descriptor);

// The ptyd-host that belongs to this ptyd: beside it, or in ../libexec/ptyd.
std::string find_host_program();

}  // namespace ptyd
