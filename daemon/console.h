// Console: the second listener, on a loop and thread of its own, so that an overloaded or stuck public side can still
// be watched. Serves /metrics and /healthz.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "daemon/http/server_loop.h"

namespace signet {

// Thread rule: the thread that made it.
class Console {
 public:
  // `metrics` renders what /metrics answers; called on the console's thread.
  explicit Console(std::function<std::string()> metrics);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // Listens and starts serving. Gives an error text, empty when it serves. Once.
  std::string start(const std::vector<http::ListenAddress>& addresses);
  void stop();  // no-op when not started

 private:
  class Handler;
  std::unique_ptr<Handler> handler_;
  std::unique_ptr<http::ServerLoop> loop_;
  std::thread thread_;
};

}  // namespace signet
