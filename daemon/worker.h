// Worker: a thread with a loop, its listeners and the endpoints' service. A request lives and dies on one worker.
#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "daemon/http/server_loop.h"
#include "daemon/metrics.h"
#include "daemon/service/service.h"

namespace signet {

struct WorkerSetup {
  Keystore& keystore;
  const ServiceShared& shared;
  const DialectShared* dialects = nullptr;  // null: none are served
  size_t index = 0;
  std::vector<http::ListenAddress> listen;
  bool reuse_port = false;  // several workers share each TCP port
  http::Limits limits;
  size_t verify_cache_entries = kVerifyCacheEntries;
  std::vector<std::string> trusted_proxies;
  std::function<void()> on_end;  // the worker's thread, when its loop has ended
};

// Thread rule: the thread that made it, but for what its own thread does.
class Worker {
 public:
  // Starts the thread; the keystore and the shared settings outlive the worker.
  explicit Worker(WorkerSetup setup);
  ~Worker();  // drains at once and joins
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Waits until the listeners listen (then the loop runs). Gives an error text, empty when it serves.
  std::string wait_listening();
  // Accepts what is queued in the listeners, answers it, ends; `deadline_ms` bounds that.
  void drain(uint32_t deadline_ms);
  void join();

  // After wait_listening; valid as long as the worker.
  http::ServerLoop& loop() { return *loop_; }
  const WorkerMetrics& metrics() const { return metrics_; }
  const http::LoopCounters& counters() const { return loop_->counters(); }

 private:
  void run();
  std::string listen();
  void attach_alarm();

  WorkerSetup setup_;
  WorkerMetrics metrics_;
  std::unique_ptr<Service> service_;
  uv_timer_t alarm_{};  // before the loop, which closes it
  std::unique_ptr<http::ServerLoop> loop_;
  std::promise<std::string> listening_;
  std::future<std::string> listening_result_;
  std::thread thread_;
};

}  // namespace signet
