// Measurement: what one worker has seen, and the sum over all of them.
#pragma once

#include <cstdint>
#include <string>

#include "tools/load/histogram.h"

namespace signet::load {

struct Measurement {
  Histogram latency_ns;   // of good answers, and of what was still unanswered at the end of an open loop
  uint64_t answered = 0;  // good answers
  uint64_t bad_status = 0;
  uint64_t bad_answer = 0;  // not understood
  uint64_t closed = 0;      // connection lost with a request under way
  uint64_t not_connected = 0;
  uint64_t unanswered = 0;  // open loop: arrivals without an answer at the end; they are no errors
  std::string first_error;  // for people; empty = none
  double busiest = 0;       // the largest share of a CPU that one worker's thread used
  double seconds = 0;       // measured

  uint64_t errors() const { return bad_status + bad_answer + closed + not_connected; }
  double requests_per_s() const { return seconds > 0 ? static_cast<double>(answered) / seconds : 0; }
  void add(const Measurement& other);
};

}  // namespace signet::load
