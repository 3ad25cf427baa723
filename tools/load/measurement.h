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
  uint64_t wrong_answer = 0;  // 2xx, but not what a good answer says
  uint64_t bad_answer = 0;    // not understood
  uint64_t closed = 0;        // connection lost with a request under way
  uint64_t not_connected = 0;
  uint64_t unanswered = 0;   // open loop: arrivals without an answer at the end; they are no errors
  uint64_t ended = 0;        // connections that ended early, having nothing more to send; no errors by themselves
  std::string why_ended;     // of the first of them
  uint64_t revoked = 0;      // beside the load, acknowledged
  uint64_t not_revoked = 0;  // refused or failed, or never tried because they came too slowly
  Histogram revocation_ns;   // from their scheduled time to their answer
  std::string first_error;   // for people; empty = none
  double busiest = 0;        // the largest share of a CPU that one worker's thread used
  double seconds = 0;        // measured

  uint64_t errors() const { return bad_status + wrong_answer + bad_answer + closed + not_connected + not_revoked; }
  double requests_per_s() const { return seconds > 0 ? static_cast<double>(answered) / seconds : 0; }
  void add(const Measurement& other);
};

}  // namespace signet::load
