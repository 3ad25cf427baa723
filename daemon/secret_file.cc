#include "daemon/secret_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "protocol/base/errno_text.h"

namespace signet {
namespace {

std::string failed(const std::string& path, std::string_view what) {
  return fmt::format("{}: cannot be {}: {}", path, what, errno_text(errno));
}

bool write_line(int fd, std::string_view secret) {
  std::string line(secret);
  line += '\n';
  return ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(fd) == 0;
}

void sync_directory(const std::string& path) {
  std::string directory = path.substr(0, path.rfind('/') + 1);
  int fd = ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

std::expected<std::string, std::string> read_secret_file(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT) return std::string();
  if (fd < 0) return std::unexpected(failed(path, "opened"));
  std::array<char, 512> text;
  ssize_t size = ::read(fd, text.data(), text.size());
  struct stat status{};
  bool open_to_others = ::fstat(fd, &status) == 0 && (status.st_mode & 077) != 0;
  ::close(fd);
  if (size < 0) return std::unexpected(failed(path, "read"));
  if (open_to_others) return std::unexpected(path + ": others may read this secret; set its mode to 0600");
  std::string_view line(text.data(), static_cast<size_t>(size));
  return std::string(line.substr(0, line.find('\n')));
}

std::string write_secret_file(const std::string& path, std::string_view secret) {
  std::string temporary = path + ".new";
  ::unlink(temporary.c_str());  // of an earlier run that was cut short
  int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return failed(temporary, "made");
  bool written = write_line(fd, secret);
  std::string error = written ? std::string() : failed(temporary, "written");
  ::close(fd);
  if (!written) return error;
  if (::rename(temporary.c_str(), path.c_str()) != 0) return failed(path, "put in place");
  sync_directory(path);
  return {};
}

}  // namespace signet
