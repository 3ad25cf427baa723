// run_load: the threads of one run, its progress line and its early end.
#pragma once

#include <atomic>
#include <expected>
#include <string>

#include "tools/load/measurement.h"
#include "tools/load/url.h"
#include "tools/load/worker.h"
#include "tools/load/workload.h"

namespace signet::load {

struct LoadPlan {
  unsigned connections = 64;
  unsigned threads = 1;
  double rate = 0;  // arrivals a second over all threads; 0 = closed loop
  double duration_s = 10;
  double warmup_s = 0;
  bool show_progress = false;  // a line on stderr, rewritten each second
};

// Companion: what happens beside the load, on a thread of its own.
class Companion {
 public:
  virtual ~Companion() = default;
  // run works until times.end_ns, or until `stop` is set, which it looks at several times a second. What it adds to the
  // measurement is its own.
  virtual Measurement run(const RunTimes& times, const std::atomic<bool>& stop) = 0;
};

// run_load blocks for the whole run. SIGINT and SIGTERM end it early with what was measured until then, and so does a
// load with nothing more to send. The error is a
// sentence for people: the connections could not be opened. Call once, from the main thread, before any other thread.
std::expected<Measurement, std::string> run_load(const LoadPlan& plan, const Url& url, const Address& address,
                                                 const WorkloadFactory& workloads, Companion* companion = nullptr);

}  // namespace signet::load
