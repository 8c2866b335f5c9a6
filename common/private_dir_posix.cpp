#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "common/runtime_paths.hpp"

namespace ptyd {

namespace {

Error refused(const std::string& path, const std::string& why, std::string hint) {
  Error error;
  error.code = errc::permission_denied;
  error.message = "refusing to use " + path + ": " + why;
  error.hint = std::move(hint);
  error.subject = path;
  return error;
}

std::string octal(mode_t mode) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777));
  return text.data();
}

struct Parts {
  std::string parent;
  std::string name;
};

Result<Parts> split(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const auto slash = path.rfind('/');
  Parts parts;
  if (slash != std::string::npos) {
    parts.parent = slash == 0 ? "/" : path.substr(0, slash);
    parts.name = path.substr(slash + 1);
  }
  if (slash != 0 && !path.starts_with('/')) parts.name.clear();
  if (parts.name.empty() || parts.name == "." || parts.name == ".." || path.find('\0') != std::string::npos) {
    Error error;
    error.code = errc::invalid_argument;
    error.message = "'" + path + "' is not the absolute path of a folder";
    error.subject = path;
    return error;
  }
  return parts;
}

// Whoever may write to the parent may swap the folder after we have looked at it.
Result<UniqueHandle> open_parent(const std::string& parent) {
  UniqueHandle folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) {
    auto error = os_error("open the folder " + parent, errno);
    if (error.code == errc::not_found) error.hint = "log in properly or set XDG_RUNTIME_DIR to a folder that exists";
    error.subject = parent;
    return error;
  }
  struct stat info {};
  if (::fstat(folder.fd(), &info) != 0) return os_error("look at " + parent, errno);
  if (info.st_uid != ::geteuid() && info.st_uid != 0)
    return refused(parent, "it belongs to user " + std::to_string(info.st_uid) + ", not to you or root",
                   "choose another place with XDG_RUNTIME_DIR or PTYD_SOCKET");
  if ((info.st_mode & 022) != 0 && (info.st_mode & S_ISVTX) == 0)
    return refused(parent, "others may write to it (mode " + octal(info.st_mode) + ")", "chmod go-w " + parent);
  return folder;
}

Error open_error(int parent, const std::string& name, const std::string& path, int error_number) {
  struct stat info {};
  if (::fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) {
    if (S_ISLNK(info.st_mode)) return refused(path, "it is a symbolic link", "remove it, or name the real folder");
    if (!S_ISDIR(info.st_mode)) return refused(path, "it is not a folder", "remove it, or choose another place");
    if (info.st_uid != ::geteuid())
      return refused(path, "it belongs to user " + std::to_string(info.st_uid),
                     "choose another place with XDG_RUNTIME_DIR or PTYD_SOCKET");
  }
  auto error = os_error("open the folder " + path, error_number);
  error.subject = path;
  return error;
}

Result<void> check_private(int folder, const std::string& path) {
  struct stat info {};
  if (::fstat(folder, &info) != 0) return os_error("look at " + path, errno);
  if (info.st_uid != ::geteuid())
    return refused(path, "it belongs to user " + std::to_string(info.st_uid),
                   "choose another place with XDG_RUNTIME_DIR or PTYD_SOCKET");
  if ((info.st_mode & 077) != 0)
    return refused(path, "others have access to it (mode " + octal(info.st_mode) + ")", "chmod 700 " + path);
  if ((info.st_mode & 0700) != 0700)
    return refused(path, "you lack access to it yourself (mode " + octal(info.st_mode) + ")", "chmod 700 " + path);
  return {};
}

}  // namespace

Result<UniqueHandle> open_private_dir(const std::string& path, bool create) {
  const auto parts = split(path);
  if (!parts) return parts.error();
  const auto parent = open_parent(parts->parent);
  if (!parent) return parent.error();
  if (create && ::mkdirat(parent->fd(), parts->name.c_str(), 0700) != 0 && errno != EEXIST) {
    auto error = os_error("make the folder " + path, errno);
    error.subject = path;
    return error;
  }
  UniqueHandle folder(::openat(parent->fd(), parts->name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) return open_error(parent->fd(), parts->name, path, errno);
  if (const auto ok = check_private(folder.fd(), path); !ok) return ok.error();
  return folder;
}

Result<void> make_parent_dirs(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
      // A folder that exists may still be in a place where we can't make one.
      struct stat info {};
      const int reason = errno;
      if (::stat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) continue;
      return os_error("make the folder " + folder, reason);
    }
  }
  return {};
}

}  // namespace ptyd
