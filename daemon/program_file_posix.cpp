#include "daemon/program_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace ptyd {

namespace {

Error refused(errc code, const std::string& path, const char* why, const char* hint) {
  Error error{code, path + " can't take the daemon's place: " + why};
  error.hint = hint;
  error.subject = "program";
  return error;
}

bool is_ours(const struct stat& info) { return info.st_uid == ::geteuid() || info.st_uid == 0; }
bool others_may_write(const struct stat& info) { return (info.st_mode & (S_IWGRP | S_IWOTH)) != 0; }

std::int64_t changed_ns(const struct stat& info) {
#ifdef __APPLE__
  const auto& time = info.st_ctimespec;
#else
  const auto& time = info.st_ctim;
#endif
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Result<ProgramFile> look_at_program(const std::string& path) {
  if (path.empty() || path.front() != '/' || path.find('\0') != std::string::npos)
    return refused(errc::invalid_argument, path.empty() ? "it" : path, "its path is not absolute", "");
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return os_error("look at " + path, errno);
  if (!S_ISREG(info.st_mode)) return refused(errc::invalid_argument, path, "it is no file", "");
  if (!is_ours(info))
    return refused(errc::permission_denied, path, "it belongs to another user", "take one of yours or of root's");
  if (others_may_write(info)) return refused(errc::permission_denied, path, "others may write to it", "chmod go-w");
  struct stat folder {};
  std::error_code failed;
  const auto real = std::filesystem::canonical(path, failed);
  if (failed || ::stat(real.parent_path().c_str(), &folder) != 0)
    return os_error("look at the folder of " + path, failed ? failed.value() : errno);
  if (!is_ours(folder) || (others_may_write(folder) && (folder.st_mode & S_ISVTX) == 0))
    return refused(errc::permission_denied, path, "others may write to its folder", "chmod go-w that folder");
  if (::access(path.c_str(), X_OK) != 0)
    return refused(errc::failed_precondition, path, "it can't be executed", "chmod u+x");
  return ProgramFile{path, static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino),
                     static_cast<std::uint64_t>(info.st_size), changed_ns(info)};
}

}  // namespace ptyd
