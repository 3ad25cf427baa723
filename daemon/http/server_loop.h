// ServerLoop: one libuv loop with its listeners and connections: the HTTP side of a worker, of the admin socket and of
// the console listener. Knows nothing of what is served.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/handler.h"
#include "daemon/http/limits.h"

namespace signet::http {

// Counters of one loop: written by its thread only (relaxed load + store), read by any.
struct LoopCounters;  // daemon/http/loop_counters.h

struct ListenAddress {
  enum class Kind : uint8_t { kTcp, kUnix } kind = Kind::kTcp;
  std::string host;   // literal IPv4 or IPv6
  uint16_t port = 0;  // 0 = any (tests)
  std::string path;   // unix socket
  uint32_t unix_mode = 0600;
};
// "127.0.0.1:8420", "[::1]:8420", "unix:/run/x.sock". Nothing when malformed.
std::optional<ListenAddress> parse_listen_address(std::string_view text);
bool is_loopback(const ListenAddress& address);  // unix sockets count as loopback

class ServerLoop {
 public:
  // Thread rule: construct, `listen`, `run` on the loop's thread, except where said.
  static std::unique_ptr<ServerLoop> create(const Limits& limits, Handler& handler);
  virtual ~ServerLoop() = default;

  // Binds and listens. `reuse_port` for workers that share a port. Gives an error text, empty when done.
  virtual std::string listen(const ListenAddress& address, bool reuse_port) = 0;
  virtual uint16_t bound_port(size_t listener_index) const = 0;

  // `before_poll`: prepare callback, just before the loop may block (quiescent state). `after_poll`: check callback,
  // after all readable sockets were served: sign groups and answer here; return true to be called again without
  // blocking (carried-over work). Output of the iteration is flushed after it.
  virtual void set_hooks(std::function<void()> before_poll, std::function<bool()> after_poll) = 0;

  virtual Responder& responder() = 0;
  virtual uv_loop_t* loop() = 0;
  virtual const LoopCounters& counters() const = 0;

  // Runs until stopped.
  virtual void run() = 0;
  // Any thread: wakes the loop once (uv_async_send), e.g. for a quiescent pass.
  virtual void wake() = 0;
  // Any thread: runs `task` on the loop's thread. Allocates (not for the request path).
  virtual void post(std::function<void()> task) = 0;
  // Any thread: graceful stop: accept what is queued in each listener, then close the listeners, answer what is in
  // flight with Connection: close, end idle connections, return from run when all are gone or after `deadline_ms`.
  virtual void drain(uint32_t deadline_ms) = 0;
  // Any thread: peers exempt from the per-address limit (configured proxies). Literal addresses.
  virtual void set_trusted_proxies(std::vector<std::string> addresses) = 0;
  virtual void set_limits(const Limits& limits) = 0;  // any thread; new connections and requests
};

// probe_bind binds without SO_REUSEPORT and closes again: proves that nobody else has the port (a second daemon would
// silently share it). Empty when free, else the error text.
std::string probe_bind(const ListenAddress& address);

// Peer credentials of a unix-socket exchange (admin socket); uid and pid, or nothing.
struct PeerCredentials {
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint32_t pid = 0;
};
std::optional<PeerCredentials> peer_credentials(ServerLoop& loop, const ExchangeId& id);

}  // namespace signet::http
