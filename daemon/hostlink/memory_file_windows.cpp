#include <algorithm>
#include <cstring>

#include "common/handle_windows.hpp"
#include "daemon/hostlink/memory_file.hpp"

namespace ptyd {

namespace {

// A section, as far as it is mapped.
class View {
 public:
  View(HANDLE section, DWORD access) noexcept : start_(::MapViewOfFile(section, access, 0, 0, 0)) {}
  ~View() {
    if (start_ != nullptr) ::UnmapViewOfFile(start_);
  }
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  void* start() const noexcept { return start_; }
  std::uint64_t bytes() const noexcept {
    MEMORY_BASIC_INFORMATION about{};
    const bool known = start_ != nullptr && ::VirtualQuery(start_, &about, sizeof about) != 0;
    return known && about.State == MEM_COMMIT ? about.RegionSize : 0;
  }

 private:
  void* start_;
};

Error bad_blob(const char* why) {
  return Error{errc::malformed, std::string("what the host keeps can't be used: ") + why};
}

}  // namespace

// There is no section without a byte.
Result<UniqueHandle> make_memory_file(std::string_view content) {
  const auto bytes = std::max<std::uint64_t>(content.size(), 1);
  auto section = own_handle(::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE,
                                                 static_cast<DWORD>(bytes >> 32), static_cast<DWORD>(bytes), nullptr));
  if (!section) return os_error("make a section for the host", last_error());
  const View view(handle_of(section), FILE_MAP_WRITE);
  if (view.start() == nullptr) return os_error("write a section for the host", last_error());
  std::memcpy(view.start(), content.data(), content.size());
  return section;
}

// By a call that fails where a plain look could kill us: the section may be one of a file that is not there any more.
Result<std::string> read_memory_file(const UniqueHandle& file, std::uint64_t size) {
  if (size > kMaxBlob) return bad_blob("it is too large");
  const View view(handle_of(file), FILE_MAP_READ);
  if (view.start() == nullptr) return bad_blob("it is no section");
  if (view.bytes() < size) return bad_blob("it is too short");
  std::string content(static_cast<std::size_t>(size), '\0');
  SIZE_T got = 0;
  if (size > 0 &&
      (::ReadProcessMemory(::GetCurrentProcess(), view.start(), content.data(), content.size(), &got) == 0 ||
       got != content.size()))
    return os_error("read what the host keeps", last_error());
  return content;
}

}  // namespace ptyd
