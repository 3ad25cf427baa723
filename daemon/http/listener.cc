#include "daemon/http/listener.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "protocol/base/errno_text.h"

namespace signet::http {
namespace {

constexpr int kBacklog = 4096;  // the kernel caps it at net.core.somaxconn
// Per connection; else the kernel lets it grow to megabytes for peers that do not read.
constexpr int kSendBufferSize = 256 * 1024;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

std::optional<SocketAddress> tcp_address(const ListenAddress& address) {
  SocketAddress made;
  sockaddr_in in{};
  if (inet_pton(AF_INET, address.host.c_str(), &in.sin_addr) == 1) {
    in.sin_family = AF_INET;
    in.sin_port = htons(address.port);
    std::memcpy(&made.storage, &in, sizeof in);
    made.size = sizeof in;
    return made;
  }
  sockaddr_in6 in6{};
  if (inet_pton(AF_INET6, address.host.c_str(), &in6.sin6_addr) != 1) return std::nullopt;
  in6.sin6_family = AF_INET6;
  in6.sin6_port = htons(address.port);
  std::memcpy(&made.storage, &in6, sizeof in6);
  made.size = sizeof in6;
  return made;
}

std::optional<SocketAddress> unix_address(const std::string& path) {
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof un.sun_path) return std::nullopt;
  std::memcpy(un.sun_path, path.c_str(), path.size() + 1);
  SocketAddress made;
  std::memcpy(&made.storage, &un, sizeof un);
  made.size = sizeof un;
  return made;
}

std::string describe(const ListenAddress& address) {
  if (address.kind == ListenAddress::Kind::kUnix) return "unix:" + address.path;
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

std::string failure(const ListenAddress& address, const char* what, int error) {
  return describe(address) + ": " + what + ": " + errno_text(error);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

// A socket file that refuses connections belongs to nobody; anything else stays.
bool is_stale_socket(const SocketAddress& address, const std::string& path) {
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const Descriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return probe.get() >= 0 && connect(probe.get(), address.get(), address.size) != 0 && errno == ECONNREFUSED;
}

std::expected<int, std::string> open_unix(const ListenAddress& address) {
  const auto to = unix_address(address.path);
  if (!to) return std::unexpected(describe(address) + ": the path is empty or longer than a socket address takes");
  Descriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (made.get() < 0) return std::unexpected(failure(address, "socket", errno));
  // The mode of the socket becomes that of the file, so that it is never open wider, not even for a moment.
  if (fchmod(made.get(), address.unix_mode) != 0) return std::unexpected(failure(address, "chmod", errno));
  if (bind(made.get(), to->get(), to->size) != 0) {
    if (errno != EADDRINUSE) return std::unexpected(failure(address, "bind", errno));
    if (!is_stale_socket(*to, address.path)) return std::unexpected(failure(address, "in use", EADDRINUSE));
    if (unlink(address.path.c_str()) != 0) return std::unexpected(failure(address, "remove stale socket", errno));
    if (bind(made.get(), to->get(), to->size) != 0) return std::unexpected(failure(address, "bind", errno));
  }
  if (chmod(address.path.c_str(), address.unix_mode) != 0) return std::unexpected(failure(address, "chmod", errno));
  if (listen(made.get(), kBacklog) != 0) return std::unexpected(failure(address, "listen", errno));
  return made.release();
}

bool set_option(int descriptor, int level, int option, int value = 1) {
  return setsockopt(descriptor, level, option, &value, sizeof value) == 0;
}

std::expected<int, std::string> bind_tcp(const ListenAddress& address, bool reuse_port) {
  const auto to = tcp_address(address);
  if (!to) return std::unexpected(describe(address) + ": not a literal IPv4 or IPv6 address");
  const int family = to->storage.ss_family;
  Descriptor made(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (made.get() < 0) return std::unexpected(failure(address, "socket", errno));
  if (!set_option(made.get(), SOL_SOCKET, SO_REUSEADDR) ||
      (reuse_port && !set_option(made.get(), SOL_SOCKET, SO_REUSEPORT)) ||
      (family == AF_INET6 && !set_option(made.get(), IPPROTO_IPV6, IPV6_V6ONLY))) {
    return std::unexpected(failure(address, "setsockopt", errno));
  }
  if (bind(made.get(), to->get(), to->size) != 0) return std::unexpected(failure(address, "bind", errno));
  return made.release();
}

}  // namespace

std::expected<int, std::string> open_listening_socket(const ListenAddress& address, bool reuse_port) {
  if (address.kind == ListenAddress::Kind::kUnix) return open_unix(address);
  auto bound = bind_tcp(address, reuse_port);
  if (!bound) return bound;
  Descriptor made(*bound);
  // Accepted sockets inherit these: two system calls less for each.
  if (!set_option(made.get(), IPPROTO_TCP, TCP_NODELAY) ||
      !set_option(made.get(), SOL_SOCKET, SO_SNDBUF, kSendBufferSize)) {
    return std::unexpected(failure(address, "setsockopt", errno));
  }
  if (listen(made.get(), kBacklog) != 0) return std::unexpected(failure(address, "listen", errno));
  return made.release();
}

std::string probe_bind(const ListenAddress& address) {
  if (address.kind == ListenAddress::Kind::kUnix) {
    const auto to = unix_address(address.path);
    if (!to) return describe(address) + ": the path is empty or longer than a socket address takes";
    struct stat status{};
    if (lstat(address.path.c_str(), &status) != 0) return {};
    return is_stale_socket(*to, address.path) ? std::string{} : failure(address, "in use", EADDRINUSE);
  }
  auto bound = bind_tcp(address, false);
  if (!bound) return bound.error();
  const Descriptor made(*bound);
  return listen(made.get(), 1) == 0 ? std::string{} : failure(address, "listen", errno);
}

void Listener::adopt(int listening, const ListenAddress& from) {
  descriptor = listening;
  address = from;
  if (address.kind == ListenAddress::Kind::kUnix) {
    struct stat status{};
    if (stat(address.path.c_str(), &status) == 0) {
      device = status.st_dev;
      inode = status.st_ino;
    }
    return;
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return;
  // The port is at the same place in both families.
  sockaddr_in in{};
  std::memcpy(&in, &bound, sizeof in);
  port = ntohs(in.sin_port);
}

void Listener::remove_file() const {
  struct stat status{};
  if (inode != 0 && stat(address.path.c_str(), &status) == 0 && status.st_dev == device && status.st_ino == inode) {
    unlink(address.path.c_str());
  }
}

void Listener::refuse_new() const {
  if (descriptor < 0) return;
  if (address.kind == ListenAddress::Kind::kUnix) return remove_file();
  // Of what comes to a listening socket, drops the segments that have SYN without ACK: their senders try again a second
  // later and find the port closed, while handshakes under way end. Octet 13 of a segment holds its flags (RFC 9293
  // 3.1). Without it, by a kernel that does not take it, the moment before the close is as it always was.
  constexpr uint32_t kFlagsAt = 13, kSyn = 0x02, kAck = 0x10, kDrop = 0, kTake = 0xFFFFFFFF;
  std::array<sock_filter, 5> program{{BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kFlagsAt),
                                      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, kSyn | kAck),
                                      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kSyn, 0, 1), BPF_STMT(BPF_RET | BPF_K, kDrop),
                                      BPF_STMT(BPF_RET | BPF_K, kTake)}};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

bool Listener::wait_readable(int timeout_ms) const {
  pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
  return descriptor >= 0 && ::poll(&waiting, 1, timeout_ms) > 0;
}

void Listener::shut() {
  if (descriptor < 0) return;
  close(descriptor);
  descriptor = -1;
  remove_file();
}

}  // namespace signet::http
