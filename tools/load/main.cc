// signet-load: measures how fast tokens are issued, refreshed and checked.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "tools/load/clock.h"
#include "tools/load/options.h"
#include "tools/load/report.h"
#include "tools/load/scenario.h"

namespace {

using namespace signet::load;

constexpr int kExitDone = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

int fail(int exit_status, std::string_view text) {
  fmt::print(stderr, "signet-load: {}\n", text);
  return exit_status;
}

int run(const Options& options) {
  const auto url = parse_url(options.url);
  if (!url) return fail(kExitUsage, "--url: " + url.error());
  const auto address = resolve(*url);
  if (!address) return fail(kExitFailed, address.error());
  if (!address->is_loopback() && !options.allow_remote) {
    return fail(kExitUsage, fmt::format("{} is not this machine: give --allow-remote if you may load it", url->host));
  }
  const uint64_t began_ns = monotonic_ns();
  const auto prepared = prepare_run(options, *url, *address);
  if (!prepared) return fail(kExitFailed, prepared.error());
  // Scripts that count the server's CPU time take their first reading here.
  if (options.scenario != Scenario::kToken) {
    fmt::print(stderr, "prepared in {:.1f} s\n", static_cast<double>(monotonic_ns() - began_ns) / 1e9);
  }
  const auto measurement = run_load(options.plan, *url, *address, prepared->workloads, prepared->companion.get());
  if (!measurement) return fail(kExitFailed, measurement.error());
  fmt::print("{}", options.json ? report_json(*measurement) : report_table(*measurement, options.plan));
  fmt::print(stderr, "{}", report_remarks(*measurement, options.plan));
  return measurement->answered > 0 ? kExitDone : kExitFailed;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    auto options = parse_options({argv + 1, argv + argc});
    if (!options) {
      if (options.error().exit_status != 0) {
        return fail(options.error().exit_status, options.error().text + " (signet-load --help shows the usage)");
      }
      fmt::print("{}", options.error().text);
      return kExitDone;
    }
    options->plan.show_progress = isatty(STDERR_FILENO) != 0;
    return run(*options);
  } catch (const std::exception& error) {  // out of memory, no more threads
    return fail(kExitFailed, error.what());
  }
}
