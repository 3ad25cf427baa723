#include "tools/load/connection.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>

namespace signet::load {
namespace {

epoll_event event_of(uint32_t number, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = number;
  return event;
}

}  // namespace

int Connection::open(const Address& address, int epoll, uint32_t number) {
  close();
  socket_ = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return errno;
  const int one = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  state_ = State::kConnecting;
  const int error = begin_connecting(address, epoll, number);
  if (error != 0) close();
  return error;
}

int Connection::begin_connecting(const Address& address, int epoll, uint32_t number) const {
  const auto* peer = reinterpret_cast<const sockaddr*>(&address.storage);
  if (::connect(socket_, peer, address.size) != 0 && errno != EINPROGRESS) return errno;
  epoll_event event = event_of(number, EPOLLOUT);
  return epoll_ctl(epoll, EPOLL_CTL_ADD, socket_, &event) == 0 ? 0 : errno;
}

int Connection::finish_connecting(int epoll, uint32_t number) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) {
    close();
    return error;
  }
  watch(epoll, number, EPOLLIN);
  state_ = State::kIdle;
  return 0;
}

bool Connection::send(std::string_view request, uint64_t started_ns, int epoll, uint32_t number) {
  state_ = State::kWaiting;
  started_ns_ = started_ns;
  const ssize_t sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(request.size())) [[likely]]
    return true;
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
  unsent_ = request.substr(sent < 0 ? 0 : static_cast<size_t>(sent));
  unsent_at_ = 0;
  watch(epoll, number, EPOLLIN | EPOLLOUT);
  return true;
}

bool Connection::send_rest(int epoll, uint32_t number) {
  const std::string_view rest = std::string_view(unsent_).substr(unsent_at_);
  const ssize_t sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN || errno == EINTR;
  unsent_at_ += static_cast<size_t>(sent);
  if (unsent_at_ == unsent_.size()) watch(epoll, number, EPOLLIN);
  return true;
}

void Connection::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  state_ = State::kClosed;
  reader_.reset();
  unsent_.clear();
}

void Connection::watch(int epoll, uint32_t number, uint32_t events) const {
  epoll_event event = event_of(number, events);
  epoll_ctl(epoll, EPOLL_CTL_MOD, socket_, &event);
}

}  // namespace signet::load
