#include "tests/daemon/http/http_rig.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <future>
#include <utility>

#include "protocol/base/check.h"

namespace signet::http {

std::string echo_of(const SeenRequest& request) {
  return request.method + " " + request.path + "?" + request.query + "|" + request.body;
}

std::optional<size_t> EchoHandler::on_head(const Request& request, Responder& responder) {
  ++heads;
  if (on_head_hook) return on_head_hook(request, responder);
  return body_limit;
}

void EchoHandler::on_request(const Request& request, Responder& responder) {
  ++requests;
  SeenRequest seen;
  seen.id = request.id;
  seen.method = request.method_text;
  seen.path = request.path;
  seen.query = request.query;
  seen.body.assign(request.body.begin(), request.body.end());
  seen.peer = request.peer_address;
  seen.authorization = request.authorization;
  seen.field_count = request.fields.size();
  if (on_request_hook && on_request_hook(seen, responder)) return;
  const std::string text = echo_of(seen);
  Response response;
  response.content_type = "text/plain";
  response.body = text;
  responder.respond(request.id, response);
}

HttpRig::HttpRig(EchoHandler& handler, Limits limits, ListenAddress address)
    : loop_(ServerLoop::create(limits, handler)) {
  const std::string error = loop_->listen(address, false);
  if (!error.empty()) std::fprintf(stderr, "listen: %s\n", error.c_str());
  SIGNET_CHECK(error.empty());
  port_ = loop_->bound_port(0);
  thread_ = std::thread([this] {
    loop_->run();
    ended = true;
  });
}

HttpRig::~HttpRig() {
  loop_->drain(0);
  thread_.join();
}

void HttpRig::on_loop(const std::function<void()>& task) {
  std::promise<void> done;
  loop_->post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

bool HttpRig::eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

RawClient::RawClient(uint16_t port, int receive_buffer) {
  descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  SIGNET_CHECK(descriptor_ >= 0);
  if (receive_buffer > 0) setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SIGNET_CHECK(connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
}

RawClient::RawClient(const std::string& unix_path) {
  descriptor_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::strncpy(to.sun_path, unix_path.c_str(), sizeof to.sun_path - 1);
  SIGNET_CHECK(connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), pending_(std::move(other.pending_)) {}

RawClient::~RawClient() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool RawClient::send(std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t sent = ::send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    octets.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void RawClient::half_close() { shutdown(descriptor_, SHUT_WR); }

bool RawClient::fill(int limit_ms) {
  pollfd waiting{descriptor_, POLLIN, 0};
  if (poll(&waiting, 1, limit_ms) <= 0) return false;
  char buffer[16384];
  const ssize_t got = recv(descriptor_, buffer, sizeof buffer, 0);
  if (got <= 0) return false;
  pending_.append(buffer, static_cast<size_t>(got));
  return true;
}

std::string RawClient::read_all(int limit_ms) {
  while (fill(limit_ms)) {
  }
  return std::exchange(pending_, {});
}

std::string RawClient::read_answer(int limit_ms, bool head_only) {
  size_t head_end = 0;
  while ((head_end = pending_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill(limit_ms)) return std::exchange(pending_, {});
  }
  size_t whole = head_end + 4;
  const size_t field = pending_.find("Content-Length: ");
  if (!head_only && field != std::string::npos && field < head_end) {
    whole += static_cast<size_t>(std::atol(pending_.c_str() + field + 16));
  }
  while (pending_.size() < whole) {
    if (!fill(limit_ms)) return std::exchange(pending_, {});
  }
  std::string answer = pending_.substr(0, whole);
  pending_.erase(0, whole);
  return answer;
}

bool RawClient::closed_by_peer(int limit_ms) {
  pollfd waiting{descriptor_, POLLIN, 0};
  while (poll(&waiting, 1, limit_ms) > 0) {
    char buffer[16384];
    if (recv(descriptor_, buffer, sizeof buffer, 0) <= 0) return true;
  }
  return false;
}

std::string exchange(uint16_t port, std::string_view octets) {
  RawClient client(port);
  client.send(octets);
  client.half_close();
  return client.read_all();
}

int status_of(std::string_view answer) {
  if (!answer.starts_with("HTTP/1.1 ") || answer.size() < 12) return 0;
  return (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + (answer[11] - '0');
}

std::string_view body_of(std::string_view answer) {
  const size_t head_end = answer.find("\r\n\r\n");
  return head_end == std::string_view::npos ? std::string_view{} : answer.substr(head_end + 4);
}

}  // namespace signet::http
