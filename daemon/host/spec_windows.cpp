#include "daemon/host/spec.hpp"

#include <cstring>

#include "daemon/host/errors.hpp"
#include "daemon/host/handle_windows.hpp"

namespace ptyd::host {

namespace {

class View {
 public:
  explicit View(HANDLE section) noexcept : at_(::MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0)) {
    MEMORY_BASIC_INFORMATION about{};
    if (at_ != nullptr && ::VirtualQuery(at_, &about, sizeof about) != 0) bytes_ = about.RegionSize;
  }
  ~View() {
    if (at_ != nullptr) ::UnmapViewOfFile(at_);
  }
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  bool copy(void* to, std::size_t bytes, std::size_t from) const noexcept {
    if (from > bytes_ || bytes > bytes_ - from) return false;
    std::memcpy(to, static_cast<const std::byte*>(at_) + from, bytes);
    return true;
  }

 private:
  void* at_;
  std::size_t bytes_ = 0;
};

// With a drive, or of a server.
bool is_full_path(const char* path) noexcept {
  const bool drive = path[0] != 0 && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
  return drive || (path[0] == '\\' && path[1] == '\\');
}

}  // namespace

int read_spec(Descriptor::Native source, Spec& spec) {
  const View view(reinterpret_cast<HANDLE>(source));
  if (!view.copy(&spec.fixed, sizeof spec.fixed, 0)) return kInvalid;
  if (const int error = check_sizes(spec.fixed); error != 0) return error;

  std::size_t strings_at = 0;
  spec.memory_bytes = memory_needed(spec.fixed, strings_at);
  spec.memory = ::VirtualAlloc(nullptr, spec.memory_bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (spec.memory == nullptr) return ERROR_NOT_ENOUGH_MEMORY;
  char* const strings = static_cast<char*>(spec.memory) + strings_at;
  if (!view.copy(strings, static_cast<std::size_t>(spec.fixed.strings_size), sizeof spec.fixed)) return kInvalid;
  if (const int error = find_strings(spec); error != 0) return error;
  return is_full_path(spec.socket_path) ? 0 : kInvalid;
}

void free_spec(Spec& spec) {
  if (spec.memory != nullptr) ::VirtualFree(spec.memory, 0, MEM_RELEASE);
  spec = Spec{};
}

}  // namespace ptyd::host
