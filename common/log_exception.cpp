#include "common/log_exception.hpp"

#include <spdlog/spdlog.h>

#include "common/escape.hpp"

namespace ptyd {

void log_exception(const char* where, const std::exception_ptr& error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    spdlog::error("{} stopped by an unexpected error: {}", where, escape_text(e.what()));
  } catch (...) {
    spdlog::error("{} stopped by an unexpected error of unknown kind", where);
  }
}

}  // namespace ptyd
