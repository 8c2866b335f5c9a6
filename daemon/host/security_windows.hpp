// Who may reach a host, and who it is that does. Windows only.
#pragma once

#include "daemon/host/handle_windows.hpp"

namespace ptyd::host {

// For pipes and files: our user alone, with all rights; nobody over the network; nothing for programs of low
// integrity, such as those in a browser's sandbox, which run as the same user.
class PrivateSecurity {
 public:
  PrivateSecurity() = default;
  ~PrivateSecurity();
  PrivateSecurity(const PrivateSecurity&) = delete;
  PrivateSecurity& operator=(const PrivateSecurity&) = delete;

  // 0, or an error.
  int create() noexcept;
  SECURITY_ATTRIBUTES* get() noexcept { return &attributes_; }

 private:
  SECURITY_ATTRIBUTES attributes_{};
};

// The client of this instance of a pipe is of our user, and of no lower integrity than ourselves: a program that is not
// elevated has no say over one that is.
bool peer_is_our_user(HANDLE pipe) noexcept;

}  // namespace ptyd::host
