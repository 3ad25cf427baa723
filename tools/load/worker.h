// Worker: one thread's connections and their loop, closed (each connection sends when its answer came) or open
// (requests leave by a schedule).
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/load/connection.h"
#include "tools/load/measurement.h"
#include "tools/load/schedule.h"
#include "tools/load/workload.h"

namespace signet::load {

struct WorkerPlan {
  Address address;
  unsigned connections = 1;
  double interval_ns = 0;  // between this worker's arrivals; 0 = closed loop
  uint64_t offset_ns = 0;  // of its first arrival, so that workers do not arrive together
};

// Monotonic. What is answered before measured_from_ns is warm-up.
struct RunTimes {
  uint64_t start_ns = 0;
  uint64_t measured_from_ns = 0;
  uint64_t end_ns = 0;
};

// Used by its own thread, but for answered_so_far, errors_so_far and finished, which any thread may read.
class Worker {
 public:
  // `stop` ends the run early.
  Worker(const WorkerPlan& plan, std::unique_ptr<Workload> workload, const std::atomic<bool>& stop);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // connect opens every connection; within five seconds all stand, or the answer is an errno.
  int connect();
  // run sends and measures until the end, or until no connection has anything more to send. After connect only.
  void run(const RunTimes& times);

  const Measurement& measurement() const { return measurement_; }
  uint64_t answered_so_far() const { return answered_.load(std::memory_order_relaxed); }
  uint64_t errors_so_far() const { return errors_.load(std::memory_order_relaxed); }
  // Any thread: whether run has returned.
  bool finished() const { return finished_.load(std::memory_order_acquire); }

 private:
  // worker.cc: the loop.
  void loop_once(uint64_t now_ns, uint64_t until_ns);
  void send_due(uint64_t now_ns);
  void begin_measuring();
  void end_measuring(uint64_t now_ns);
  // worker_events.cc: what happens to one connection.
  void on_event(uint32_t number, uint32_t events);
  void on_connected(uint32_t number);
  void on_readable(uint32_t number);
  void on_answer(uint32_t number);
  bool start_request(uint32_t number, uint64_t started_ns);
  bool all_ended() const { return measurement_.ended == connections_.size(); }
  void note_answer(uint32_t number, uint64_t now_ns);
  void lose(uint32_t number, uint64_t& counter, std::string_view what);
  void reopen(uint32_t number);
  void reopen_later();
  bool counts(uint64_t started_ns) const { return running_ && started_ns >= times_.measured_from_ns; }
  void note_error(uint64_t& counter, std::string_view what);

  const WorkerPlan plan_;
  const std::atomic<bool>& stop_;
  const int epoll_;
  std::vector<Connection> connections_;
  std::vector<char> input_;
  const std::unique_ptr<Workload> workload_;
  std::deque<uint32_t> idle_;   // open loop: connections without a request
  std::vector<uint32_t> lost_;  // to be opened again at reopen_at_ns_
  uint64_t reopen_at_ns_ = 0;
  unsigned connecting_ = 0;
  unsigned waiting_ = 0;
  int connect_error_ = 0;
  bool running_ = false;
  bool sending_ = false;
  RunTimes times_;
  std::optional<Schedule> schedule_;
  uint64_t cpu_from_ns_ = 0;
  uint64_t cpu_since_ns_ = 0;  // when the CPU time above was read
  Measurement measurement_;
  std::atomic<uint64_t> answered_{0};
  std::atomic<uint64_t> errors_{0};
  std::atomic<bool> finished_{false};
};

}  // namespace signet::load
