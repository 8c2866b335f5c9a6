#include "client/ptyd/convert.hpp"

namespace ptyd {

namespace {

errc code_of(v1::ErrorCode code) {
  const auto number = static_cast<int>(code);
  if (number < static_cast<int>(errc::invalid_argument) || number > static_cast<int>(errc::internal))
    return errc::internal;
  return static_cast<errc>(number);
}

static_assert(static_cast<int>(errc::invalid_argument) == v1::INVALID_ARGUMENT &&
              static_cast<int>(errc::out_of_range) == v1::OUT_OF_RANGE &&
              static_cast<int>(errc::spawn_failed) == v1::SPAWN_FAILED &&
              static_cast<int>(errc::internal) == v1::INTERNAL);

}  // namespace

Error from_wire(const v1::Error& error) {
  Error result;
  result.code = code_of(error.code());
  result.message = error.message().empty() ? "the daemon gave no reason" : error.message();
  result.hint = error.hint();
  result.subject = error.subject();
  result.os_error = error.os_error();
  result.step = error.step();
  if (error.has_offsets()) {
    result.have_from = error.offsets().from();
    result.have_to = error.offsets().to();
  }
  if (error.has_versions()) {
    result.have_from = error.versions().min();
    result.have_to = error.versions().max();
  }
  return result;
}

}  // namespace ptyd
