#include "tests/tools/load/small_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <vector>

namespace signet::load {

std::string http_answer(int status, std::string_view body, std::string_view fields) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

namespace {

bool is_whole(const std::string& request) {
  const size_t end = request.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const size_t length = request.find("Content-Length: ");
  return length > end || request.size() >= end + 4 + std::stoul(request.substr(length + 16));
}

}  // namespace

SmallServer::SmallServer(Answer answer) : answer_(std::move(answer)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 128) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no loopback listener");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

SmallServer::~SmallServer() {
  stop_ = true;
  thread_.join();
  close(listener_);
}

void SmallServer::serve() {
  std::vector<pollfd> sockets{{listener_, POLLIN, 0}};
  while (!stop_) {
    if (poll(sockets.data(), sockets.size(), 20) <= 0) continue;
    for (size_t i = sockets.size(); i-- > 1;) {
      if (sockets[i].revents == 0 || read_from(sockets[i].fd)) continue;
      close(sockets[i].fd);
      sockets.erase(sockets.begin() + static_cast<ptrdiff_t>(i));
    }
    if (sockets[0].revents == 0) continue;
    const int accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int one = 1;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ++connections_;
    sockets.push_back({accepted, POLLIN, 0});
  }
  for (size_t i = 1; i < sockets.size(); ++i) close(sockets[i].fd);
}

// The generator sends one request at a time.
bool SmallServer::read_from(int socket) {
  char part[65536];
  const ssize_t size = recv(socket, part, sizeof part, 0);
  std::string& request = pending_[socket];
  if (size <= 0) request.clear();
  if (size <= 0) return false;
  request.append(part, static_cast<size_t>(size));
  if (!is_whole(request)) return true;
  const std::string answer = answer_(requests_++, request);
  request.clear();
  if (answer.empty()) return false;
  return send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(answer.size());
}

}  // namespace signet::load
