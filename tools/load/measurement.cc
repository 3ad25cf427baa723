#include "tools/load/measurement.h"

#include <algorithm>

namespace signet::load {

void Measurement::add(const Measurement& other) {
  latency_ns.add(other.latency_ns);
  answered += other.answered;
  bad_status += other.bad_status;
  wrong_answer += other.wrong_answer;
  bad_answer += other.bad_answer;
  closed += other.closed;
  not_connected += other.not_connected;
  unanswered += other.unanswered;
  ended += other.ended;
  if (why_ended.empty()) why_ended = other.why_ended;
  revoked += other.revoked;
  not_revoked += other.not_revoked;
  revocation_ns.add(other.revocation_ns);
  if (first_error.empty()) first_error = other.first_error;
  busiest = std::max(busiest, other.busiest);
  seconds = std::max(seconds, other.seconds);
}

}  // namespace signet::load
