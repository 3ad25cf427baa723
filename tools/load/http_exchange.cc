#include "tools/load/http_exchange.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

namespace signet::load {
namespace {

constexpr timeval kPatience{.tv_sec = 60, .tv_usec = 0};
constexpr size_t kInputSize = size_t{256} * 1024;

std::unexpected<std::string> failed(std::string_view what) {
  const char* reason = errno == EAGAIN ? "no answer within a minute" : nullptr;
  return std::unexpected(
      fmt::format("{}: {}", what, reason != nullptr ? reason : std::generic_category().message(errno)));
}

}  // namespace

void HttpExchange::disconnect() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

std::expected<void, std::string> HttpExchange::connect() {
  socket_ = socket(address_.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return failed("cannot make a socket");
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address_.storage), address_.size) == 0) return {};
  auto failure = failed("cannot connect");
  disconnect();
  return failure;
}

std::expected<ctl::HttpAnswer, std::string> HttpExchange::receive() const {
  ctl::HttpAnswerReader reader;
  std::vector<char> buffer(kInputSize);
  while (true) {
    const ssize_t count = recv(socket_, buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("reading the answer");
    if (count == 0) return std::unexpected("the server closed the connection instead of answering");
    const auto complete = reader.feed({buffer.data(), static_cast<size_t>(count)});
    if (!complete) return std::unexpected("the server sent " + complete.error());
    if (*complete) return reader.take();
  }
}

std::expected<ctl::HttpAnswer, std::string> HttpExchange::exchange(std::string_view request) {
  if (socket_ < 0) {
    if (auto connected = connect(); !connected) return std::unexpected(connected.error());
  }
  while (!request.empty()) {
    const ssize_t sent = send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      auto failure = failed("sending a request");
      disconnect();
      return failure;
    }
    request.remove_prefix(static_cast<size_t>(sent));
  }
  auto answer = receive();
  if (!answer || answer->close) disconnect();
  return answer;
}

}  // namespace signet::load
