// What a run that went wrong ends with.
#pragma once

#include <stdexcept>
#include <string>

namespace ptyd::simulation {

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void expect(bool condition, const std::string& what) {
  if (!condition) throw Failure(what);
}

}  // namespace ptyd::simulation
