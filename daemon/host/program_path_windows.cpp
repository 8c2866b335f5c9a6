#include "daemon/host/program_path_windows.hpp"

#include <windows.h>

#include <cstring>
#include <cwchar>

#include "daemon/host/command_line.hpp"
#include "daemon/host/heap_block_windows.hpp"

namespace ptyd::host {

namespace {

// One text in the system's form; null when it is not UTF-8 or too long, or there is no memory.
class Wide {
 public:
  explicit Wide(const char* utf8) noexcept : text_(std::strlen(utf8) + 1) {
    if (text_.get() == nullptr) return;
    WideText to(reinterpret_cast<char16_t*>(text_.get()));  // never more units than bytes
    good_ = to.add_utf8(utf8);
  }
  const wchar_t* get() const noexcept { return good_ ? text_.get() : nullptr; }

 private:
  HeapBlock<wchar_t> text_;
  bool good_ = false;
};

bool is_file(const wchar_t* path) noexcept {
  const DWORD attributes = ::GetFileAttributesW(path);
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
}

bool ends_with(const wchar_t* path, const wchar_t* ending) noexcept {
  const std::size_t length = std::wcslen(path);
  const std::size_t end = std::wcslen(ending);
  return length >= end && ::CompareStringOrdinal(path + length - end, -1, ending, -1, TRUE) == CSTR_EQUAL;
}

bool append(wchar_t (&path)[kMaxProgramPath], const wchar_t* text, std::size_t length) noexcept {
  const std::size_t before = std::wcslen(path);
  if (before + length >= kMaxProgramPath) return false;
  std::wmemcpy(path + before, text, length);
  path[before + length] = 0;
  return true;
}

// `path` is a file, as it is or with an ending. A folder of the same name is none.
bool complete(wchar_t (&path)[kMaxProgramPath]) noexcept {
  if (is_file(path)) return true;
  const std::size_t length = std::wcslen(path);
  for (const wchar_t* const ending : {L".exe", L".com"}) {
    if (append(path, ending, 4) && is_file(path)) return true;
    path[length] = 0;
  }
  return false;
}

// `folder`, one backslash and `name`.
bool join(const wchar_t* folder, std::size_t length, const wchar_t* name, wchar_t (&path)[kMaxProgramPath]) noexcept {
  path[0] = 0;
  if (!append(path, folder, length)) return false;
  const bool separated = length > 0 && (folder[length - 1] == L'\\' || folder[length - 1] == L'/');
  return (separated || append(path, L"\\", 1)) && append(path, name, std::wcslen(name));
}

bool is_absolute(const wchar_t* name) noexcept {
  return name[0] == L'\\' || name[0] == L'/' || (name[0] != 0 && name[1] == L':');
}

// Folders that are not given in full are left out: nobody knows from where they count.
bool search(const wchar_t* folders, const wchar_t* name, wchar_t (&path)[kMaxProgramPath]) noexcept {
  while (*folders != 0) {
    const std::size_t length = std::wcscspn(folders, L";");
    if (is_absolute(folders) && join(folders, length, name, path) && complete(path)) return true;
    folders += length;
    if (*folders != 0) ++folders;
  }
  return false;
}

}  // namespace

int find_program(const Spec& spec, wchar_t (&path)[kMaxProgramPath]) noexcept {
  const Wide name(spec.file);
  const Wide cwd(spec.cwd);
  if (name.get() == nullptr || cwd.get() == nullptr) return ERROR_NO_UNICODE_TRANSLATION;
  if (*name.get() == 0) return ERROR_FILE_NOT_FOUND;
  bool found = false;
  if (is_absolute(name.get())) {
    path[0] = 0;
    found = append(path, name.get(), std::wcslen(name.get())) && complete(path);
  } else if (std::wcspbrk(name.get(), L"\\/") != nullptr) {
    found = join(cwd.get(), std::wcslen(cwd.get()), name.get(), path) && complete(path);
  } else if (const char* const folders = find_variable(spec.envp, "PATH")) {
    const Wide wide(folders);
    found = wide.get() != nullptr && search(wide.get(), name.get(), path);
  }
  if (!found) return ERROR_FILE_NOT_FOUND;
  return ends_with(path, L".bat") || ends_with(path, L".cmd") ? ERROR_BAD_EXE_FORMAT : 0;
}

}  // namespace ptyd::host
