// A new file that only we may read, written piece by piece.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// Calls may wait for the disk: not for a thread that serves others.
class NewFile {
 public:
  // Makes the file with access for us alone. What is there already, be it a link to nothing, is left alone.
  // Errors: already_exists; those of the system.
  static Result<NewFile> create(const std::string& path);

  // All of it, or an error; then a part may be in the file.
  Result<void> append(std::string_view bytes);
  // Takes what is behind the first `size` bytes away.
  Result<void> cut(std::uint64_t size);
  // Takes the file away again.
  void remove() noexcept;

 private:
  NewFile(std::string path, UniqueHandle file) : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  UniqueHandle file_;
};

}  // namespace ptyd
