// signet-load: measures the token endpoint.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "tools/load/credentials.h"
#include "tools/load/options.h"
#include "tools/load/report.h"

namespace {

using namespace signet::load;

constexpr int kExitDone = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

int fail(int exit_status, std::string_view text) {
  fmt::print(stderr, "signet-load: {}\n", text);
  return exit_status;
}

// The tenant that the URL's path names.
std::string tenant_of(const Url& url) {
  if (!url.path.starts_with("/t/")) return "default";
  return url.path.substr(3, url.path.find('/', 3) - 3);
}

std::expected<std::vector<Credentials>, std::string> read_clients(const Options& options, const Url& url) {
  if (!options.clients_file.empty()) return read_clients_file(options.clients_file, tenant_of(url));
  const auto secret = read_secret_file(options.secret_file);
  if (!secret) return std::unexpected(secret.error());
  return std::vector{Credentials{options.client, *secret}};
}

int run(const Options& options) {
  const auto url = parse_url(options.url);
  if (!url) return fail(kExitUsage, "--url: " + url.error());
  const auto address = resolve(*url);
  if (!address) return fail(kExitFailed, address.error());
  if (!address->is_loopback() && !options.allow_remote) {
    return fail(kExitUsage, fmt::format("{} is not this machine: give --allow-remote if you may load it", url->host));
  }
  const auto clients = read_clients(options, *url);
  if (!clients) return fail(kExitFailed, clients.error());
  const RequestSet requests = RequestSet::token(*url, *clients, options.scope, options.auth);
  const auto measurement = run_load(options.plan, *url, *address, requests);
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
