#include "tools/ctl/socket_path.h"

#include <sys/stat.h>

#include <cstdlib>

namespace signet::ctl {
namespace {
constexpr const char* kDevSocket = "./signet-dev/admin.sock";
constexpr const char* kSystemSocket = "/var/lib/signetd/admin.sock";
}  // namespace

std::string default_socket_path() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
  if (const char* named = std::getenv("SIGNET_SOCKET"); named != nullptr && *named != '\0') return named;
  struct stat found{};
  if (stat(kDevSocket, &found) == 0) return kDevSocket;
  return kSystemSocket;
}

std::string socket_in_data_dir(const std::string& data_dir) {
  if (data_dir.ends_with('/')) return data_dir + "admin.sock";
  return data_dir + "/admin.sock";
}

}  // namespace signet::ctl
