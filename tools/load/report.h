// What a run found, for programs and for people.
#pragma once

#include <string>

#include "tools/load/measurement.h"
#include "tools/load/runner.h"

namespace signet::load {

// Exactly the members requests_per_s, p50_ms, p99_ms, p999_ms and errors, in this order, and a line end. Programs rely
// on it.
std::string report_json(const Measurement& measurement);

// A small table.
std::string report_table(const Measurement& measurement, const LoadPlan& plan);

// What a reader of the figures must know: errors, a generator that was the limit, a server that did not keep up. Empty
// when there is nothing to say; else lines.
std::string report_remarks(const Measurement& measurement, const LoadPlan& plan);

}  // namespace signet::load
