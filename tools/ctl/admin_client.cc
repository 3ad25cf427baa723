#include "tools/ctl/admin_client.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iterator>
#include <utility>

#include "protocol/base/errno_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kReadSize = 64 * 1024;

int64_t monotonic_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// What the operator can do about a connection that could not be made.
std::string connect_advice(const std::string& path, int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return fmt::format(
          "there is no admin socket at {}: start the daemon (`systemctl start signetd`, or `signetd --dev` to try "
          "things), or name its socket with --socket PATH, --data-dir DIR or $SIGNET_SOCKET",
          path);
    case ECONNREFUSED:
      return fmt::format(
          "nobody listens on {}: the daemon that made this socket is gone; start it again and look at its log "
          "(`journalctl -u signetd`)",
          path);
    case EACCES:
    case EPERM:
      return fmt::format(
          "no permission for {}: the admin socket is open to the daemon's user only; run signetctl as that user or as "
          "root (`sudo -u signet signetctl ...`)",
          path);
    default:
      return fmt::format("cannot connect to {}: {}", path, errno_text(error));
  }
}

std::unexpected<Failure> failed(std::string text) { return std::unexpected(Failure{std::move(text)}); }

}  // namespace

AdminClient::AdminClient(std::string socket_path, int64_t deadline_ms)
    : socket_path_(std::move(socket_path)), deadline_ms_(deadline_ms) {}

AdminClient::~AdminClient() { disconnect(); }

void AdminClient::disconnect() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
  on_way_ = 0;
  early_octets_.clear();
}

std::expected<void, Failure> AdminClient::connect() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path_.size() >= sizeof address.sun_path) {
    return failed(
        fmt::format("the path of the admin socket is longer than {} characters: {}; name it relative to the "
                    "current directory, or by a symbolic link",
                    sizeof address.sun_path - 1, socket_path_));
  }
  std::memcpy(address.sun_path, socket_path_.data(), socket_path_.size());
  descriptor_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return failed(fmt::format("cannot make a socket: {}", errno_text(errno)));
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    disconnect();
    return failed(connect_advice(socket_path_, error));
  }
  return {};
}

std::expected<void, Failure> AdminClient::wait_for(short events, int64_t deadline) {
  while (true) {
    const int64_t left = deadline - monotonic_ms();
    if (left <= 0) {
      return failed(
          fmt::format("the daemon did not answer within {} s; what was asked may still be carried out: look "
                      "before you repeat it",
                      deadline_ms_ / 1000));
    }
    pollfd entry{descriptor_, events, 0};
    const int ready = poll(&entry, 1, static_cast<int>(left));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return failed(fmt::format("poll: {}", errno_text(errno)));
  }
}

std::expected<void, Failure> AdminClient::send(std::string_view octets, int64_t deadline) {
  while (!octets.empty()) {
    const ssize_t sent = ::send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      octets.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto ready = wait_for(POLLOUT, deadline); !ready) return ready;
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return {};  // a daemon that refuses a request by its head closes early: its answer says why
    } else if (errno != EINTR) {
      return failed(fmt::format("sending to {}: {}", socket_path_, errno_text(errno)));
    }
  }
  return {};
}

std::expected<HttpAnswer, Failure> AdminClient::receive(int64_t deadline) {
  HttpAnswerReader reader(on_way_ > 1);
  std::array<char, kReadSize> buffer;
  std::expected<bool, std::string> complete = reader.feed(std::exchange(early_octets_, {}));
  while (complete && !*complete) {
    const ssize_t count = recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      if (auto ready = wait_for(POLLIN, deadline); !ready) return std::unexpected(ready.error());
      continue;
    }
    if (count <= 0) {
      return failed(
          fmt::format("the daemon closed the connection {}; what was asked may have been carried out: look "
                      "before you repeat it",
                      reader.started() ? "in the middle of its answer" : "without an answer"));
    }
    complete = reader.feed({buffer.data(), static_cast<size_t>(count)});
  }
  if (!complete) {
    return failed(fmt::format("what answers on {} is no Signet daemon, or is broken: it sent {}", socket_path_,
                              complete.error()));
  }
  early_octets_ = reader.take_rest();
  return reader.take();
}

std::expected<void, Failure> AdminClient::send_request(std::string_view method, std::string_view target,
                                                       std::string_view body) {
  if (descriptor_ < 0) {
    if (auto connected = connect(); !connected) return connected;
  }
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n", method, target);
  if (!body.empty()) head += "Content-Type: application/json\r\n";
  if (!body.empty() || method != "GET") fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", body.size());
  head += "\r\n";
  const int64_t deadline = monotonic_ms() + deadline_ms_;
  auto sent = send(head, deadline);
  if (sent) sent = send(body, deadline);
  if (sent) {
    ++on_way_;
  } else {
    disconnect();
  }
  return sent;
}

std::expected<HttpAnswer, Failure> AdminClient::receive_answer() {
  if (on_way_ == 0) return failed("the daemon closed the connection before it answered everything");
  auto answer = receive(monotonic_ms() + deadline_ms_);
  --on_way_;
  if (!answer || answer->close) disconnect();
  return answer;
}

std::expected<HttpAnswer, Failure> AdminClient::exchange(std::string_view method, std::string_view target,
                                                         std::string_view body) {
  if (auto sent = send_request(method, target, body); !sent) return std::unexpected(sent.error());
  return receive_answer();
}

std::expected<HttpAnswer, Failure> AdminClient::call(std::string_view method, std::string_view target,
                                                     std::string_view body) {
  auto answer = exchange(method, target, body);
  if (answer && answer->status >= 400) return std::unexpected(refusal(*answer));
  return answer;
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (alphanumeric || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += c;
    } else {
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

}  // namespace signet::ctl
