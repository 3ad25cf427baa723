// HttpRig: a real ServerLoop on a free port, on a thread of its own, and raw sockets to talk to it.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/http/loop_counters.h"
#include "daemon/http/server_loop.h"

namespace signet::http {

// What the test handler saw of one request.
struct SeenRequest {
  ExchangeId id;
  std::string method;
  std::string path;
  std::string query;
  std::string body;
  std::string peer;
  std::string authorization;
  size_t field_count = 0;
};

// Echoes "METHOD path?query|body" as text/plain unless `on_request_hook` takes the exchange. Loop thread only; set up
// before the rig starts.
class EchoHandler : public Handler {
 public:
  std::optional<size_t> on_head(const Request& request, Responder& responder) override;
  void on_request(const Request& request, Responder& responder) override;

  std::function<std::optional<size_t>(const Request&, Responder&)> on_head_hook;
  std::function<bool(const SeenRequest&, Responder&)> on_request_hook;  // true: taken
  std::atomic<uint32_t> heads{0};
  std::atomic<uint32_t> requests{0};
  size_t body_limit = 64 * 1024;
};

std::string echo_of(const SeenRequest& request);

class HttpRig {
 public:
  explicit HttpRig(EchoHandler& handler, Limits limits = {}, ListenAddress address = {.host = "127.0.0.1"});
  ~HttpRig();
  HttpRig(const HttpRig&) = delete;
  HttpRig& operator=(const HttpRig&) = delete;

  uint16_t port() const { return port_; }
  ServerLoop& loop() { return *loop_; }
  const LoopCounters& counters() const { return loop_->counters(); }
  // Runs on the loop's thread and waits for it.
  void on_loop(const std::function<void()>& task);
  // Waits (at most five seconds) until the condition holds.
  static bool eventually(const std::function<bool()>& condition);
  std::atomic<bool> ended{false};  // run() has returned

 private:
  std::unique_ptr<ServerLoop> loop_;
  std::thread thread_;
  uint16_t port_ = 0;
};

// A blocking client socket with a time limit on everything.
class RawClient {
 public:
  explicit RawClient(uint16_t port, int receive_buffer = 0);
  explicit RawClient(const std::string& unix_path);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient(RawClient&& other) noexcept;

  bool send(std::string_view octets);
  // Each octet in a segment of its own.
  void half_close();
  // Octets until the peer closes or `limit_ms` has passed.
  std::string read_all(int limit_ms = 5000);
  // One answer: head and as much body as its Content-Length says (`head_only` for answers to HEAD).
  std::string read_answer(int limit_ms = 5000, bool head_only = false);
  // Whether the peer has closed or reset, within the time.
  bool closed_by_peer(int limit_ms = 5000);
  int descriptor() const { return descriptor_; }

 private:
  bool fill(int limit_ms);
  int descriptor_ = -1;
  std::string pending_;
};

// Sends the octets, half-closes, reads all.
std::string exchange(uint16_t port, std::string_view octets);
// Status of the first answer, 0 when there is none.
int status_of(std::string_view answer);
std::string_view body_of(std::string_view answer);

}  // namespace signet::http
