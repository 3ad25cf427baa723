#include "tools/ctl/bench/private_daemon.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "protocol/base/errno_text.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/secret_file.h"
#include "tools/ctl/socket_path.h"

namespace signet::ctl {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kAudience = "urn:demo";  // of signetd --dev
constexpr std::string_view kScope = "a.read a.write b.read";
constexpr int64_t kReadyMs = 60'000;
constexpr int64_t kPollMs = 20;
constexpr size_t kLogTail = 2000;

std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A socket bound to a loopback port; 0 = any. -1 when it is taken.
int bound_socket(int port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (descriptor >= 0 && bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return descriptor;
  }
  if (descriptor >= 0) close(descriptor);
  return -1;
}

// A port that is free together with the one after it, which is the console's. 0 when none was found.
int free_port() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const int first = bound_socket(0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    const bool named = first >= 0 && getsockname(first, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    const int port = ntohs(address.sin_port);
    const int second = named && port < 65535 ? bound_socket(port + 1) : -1;
    if (first >= 0) close(first);
    if (second < 0) continue;
    close(second);
    return port;
  }
  return 0;
}

// The log has a line "ready" once it serves.
std::optional<std::string> wait_ready(Child& child, const std::string& log) {
  for (int64_t waited = 0; waited < kReadyMs; waited += kPollMs) {
    if (("\n" + file_text(log)).find("\nready\n") != std::string::npos) return std::nullopt;
    if (InterruptGuard::interrupted()) return "interrupted";
    if (child.wait(kPollMs)) {
      const std::string text = file_text(log);
      return "signetd ended at its start: " + text.substr(text.size() - std::min(text.size(), kLogTail));
    }
  }
  return "signetd was not ready within a minute";
}

}  // namespace

std::expected<Programs, Failure> find_programs(const std::optional<std::string>& bin_dir) {
  std::error_code ignored;
  const fs::path own = bin_dir ? fs::path(*bin_dir) : fs::read_symlink("/proc/self/exe", ignored).parent_path();
  std::vector<fs::path> places{own};
  if (!bin_dir) places.insert(places.end(), {own / "../sbin", own / "../daemon"});
  const auto find = [&](const char* name) {
    for (const fs::path& place : places) {
      if (access((place / name).c_str(), X_OK) == 0) return (place / name).lexically_normal().string();
    }
    return std::string();
  };
  Programs programs{find("signetd"), find("signet-load")};
  for (const auto& [name, path] : {std::pair{"signetd", programs.signetd}, {"signet-load", programs.signet_load}}) {
    if (path.empty()) {
      return std::unexpected(
          Failure{fmt::format("{} is not in {}: name its directory with --bin-dir", name, own.string())});
    }
  }
  return programs;
}

std::expected<std::unique_ptr<ScratchDirectory>, Failure> ScratchDirectory::make(const std::string& parent) {
  std::string name = parent + "/signet-bench-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) {
    return std::unexpected(Failure{
        fmt::format("no directory can be made in {}: {}; name one with --data-dir", parent, errno_text(errno))});
  }
  return std::unique_ptr<ScratchDirectory>(new ScratchDirectory(fs::absolute(name).string()));
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

PrivateDaemon::PrivateDaemon(Child child, std::string data_dir, int port)
    : child_(std::move(child)), data_dir_(std::move(data_dir)), port_(port), admin_(socket_in_data_dir(data_dir_)) {}

std::expected<std::unique_ptr<PrivateDaemon>, Failure> PrivateDaemon::start(const std::string& signetd,
                                                                            const std::string& directory,
                                                                            std::optional<int> cpu) {
  const int port = free_port();
  if (port == 0) return std::unexpected(Failure{"no free port on 127.0.0.1"});
  const std::string data_dir = directory + "/data", log = directory + "/signetd.log";
  auto child = Child::start(
      {.command = {signetd, "--dev", "--data-dir", data_dir, "--port", std::to_string(port), "--workers", "1"},
       .output = log,
       .errors = log,
       .cpu = cpu});
  if (!child) return std::unexpected(Failure{child.error()});
  if (auto failed = wait_ready(*child, log)) {
    child->stop();
    return std::unexpected(Failure{*failed});
  }
  return std::unique_ptr<PrivateDaemon>(new PrivateDaemon(*std::move(child), data_dir, port));
}

std::string PrivateDaemon::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

std::expected<std::string, Failure> PrivateDaemon::add_client(const std::string& client_id,
                                                              const std::string& algorithm) {
  if (algorithm.starts_with("HS")) {
    const std::string key = compose_json([&](JsonWriter& to) {
      to.begin_object();
      to.member("alg", algorithm);
      to.member("audience", kAudience);
      to.end_object();
    });
    if (auto added = admin_.call("POST", "/v1/keys", key); !added) return std::unexpected(added.error());
  }
  const std::string client = compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("client_id", client_id);
    to.key("grants"), to.begin_array();
    to.string("client_credentials"), to.string("refresh_token");
    to.end_array();
    to.member("scope", kScope);
    to.key("audiences"), to.begin_array(), to.string(kAudience), to.end_array();
    to.member("alg", algorithm);
    to.end_object();
  });
  const auto answer = admin_.call("POST", "/v1/clients", client);
  if (!answer) return std::unexpected(answer.error());
  const auto added = read_answer(answer->body);
  if (!added) return std::unexpected(added.error());
  std::string path = data_dir_ + "/" + client_id + "-secret";
  auto file = SecretFile::create(path);
  if (!file) return std::unexpected(file.error());
  if (auto written = file->commit(text_of(*added, "client_secret")); !written) return std::unexpected(written.error());
  return path;
}

}  // namespace signet::ctl
