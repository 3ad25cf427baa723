#include "tools/load/report.h"

#include <fmt/format.h>

namespace signet::load {
namespace {

// From here on the generator itself is what is measured.
constexpr double kBusyLimit = 0.95;

double percentile_ms(const Measurement& measurement, double share) {
  return static_cast<double>(measurement.latency_ns.percentile(share)) / 1e6;
}

}  // namespace

std::string report_json(const Measurement& measurement) {
  return fmt::format(
      "{{\"requests_per_s\":{:.1f},\"p50_ms\":{:.4f},\"p99_ms\":{:.4f},\"p999_ms\":{:.4f},\"errors\":{}}}\n",
      measurement.requests_per_s(), percentile_ms(measurement, 0.5), percentile_ms(measurement, 0.99),
      percentile_ms(measurement, 0.999), measurement.errors());
}

std::string report_table(const Measurement& measurement, const LoadPlan& plan) {
  const std::string loop = plan.rate > 0 ? fmt::format("open loop, {:g} arrivals/s", plan.rate) : "closed loop";
  std::string text = fmt::format("{}, {} connections, {} thread{}, {:.1f} s\n\n", loop, plan.connections, plan.threads,
                                 plan.threads == 1 ? "" : "s", measurement.seconds);
  text += fmt::format("requests/s  {:>12.1f}\n", measurement.requests_per_s());
  for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}) {
    text += fmt::format("{:<10}  {:>12.3f} ms\n", name, percentile_ms(measurement, share));
  }
  text += fmt::format("largest     {:>12.3f} ms\n", static_cast<double>(measurement.latency_ns.largest()) / 1e6);
  text += fmt::format("errors      {:>12}\n", measurement.errors());
  return text;
}

namespace {

std::string error_remark(const Measurement& measurement) {
  std::string text = fmt::format(
      "{} errors: {} not 2xx, {} that say the wrong thing, {} not understood, {} connections lost, {} not connected",
      measurement.errors(), measurement.bad_status, measurement.wrong_answer, measurement.bad_answer,
      measurement.closed, measurement.not_connected);
  if (measurement.not_revoked > 0) text += fmt::format(", {} revocations not done", measurement.not_revoked);
  return text + fmt::format("; the first: {}\n", measurement.first_error);
}

}  // namespace

std::string report_remarks(const Measurement& measurement, const LoadPlan& plan) {
  std::string text;
  if (measurement.errors() > 0) text += error_remark(measurement);
  if (measurement.ended > 0) {
    text += fmt::format("{} of {} connections ended before the run did: {}\n", measurement.ended, plan.connections,
                        measurement.why_ended);
  }
  if (measurement.revoked > 0) {
    text += fmt::format("{} revocations were made meanwhile; 99% of them took at most {:.3f} ms\n", measurement.revoked,
                        static_cast<double>(measurement.revocation_ns.percentile(0.99)) / 1e6);
  }
  if (measurement.unanswered > 0) {
    text += fmt::format(
        "the server did not keep up: {} arrivals were unanswered at the end; their waiting is part of "
        "the percentiles\n",
        measurement.unanswered);
  }
  if (measurement.busiest > kBusyLimit) {
    text += fmt::format("the generator was the limit: a thread of it used {:.0f}% of a CPU; {}\n",
                        measurement.busiest * 100,
                        plan.rate > 0 ? "ask for a lower --rate or more --threads" : "give it more --threads");
  }
  return text;
}

}  // namespace signet::load
