// run_load: the threads of one run, its progress line and its early end.
#pragma once

#include <expected>
#include <string>

#include "tools/load/measurement.h"
#include "tools/load/request_set.h"
#include "tools/load/url.h"

namespace signet::load {

struct LoadPlan {
  unsigned connections = 64;
  unsigned threads = 1;
  double rate = 0;  // arrivals a second over all threads; 0 = closed loop
  double duration_s = 10;
  double warmup_s = 0;
  bool show_progress = false;  // a line on stderr, rewritten each second
};

// run_load blocks for the whole run. SIGINT and SIGTERM end it early with what was measured until then. The error is a
// sentence for people: the connections could not be opened. Call once, from the main thread, before any other thread.
std::expected<Measurement, std::string> run_load(const LoadPlan& plan, const Url& url, const Address& address,
                                                 const RequestSet& requests);

}  // namespace signet::load
