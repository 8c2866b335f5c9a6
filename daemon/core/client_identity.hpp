// Who a client is, for people.
#pragma once

#include <cstdint>
#include <string>

namespace ptyd {

struct ClientIdentity {
  std::uint64_t client = 0;  // number of the connection; 0: nobody
  std::string name;
  std::uint64_t pid = 0;
};

}  // namespace ptyd
