#include <cstdio>

#include "common/standard_output.hpp"

namespace ptyd {

void write_output(OutputStream stream, std::string_view text) noexcept {
  std::FILE* const file = stream == OutputStream::out ? stdout : stderr;
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
}

bool output_failed() noexcept { return std::fflush(stdout) != 0 || std::ferror(stdout) != 0; }

}  // namespace ptyd
