#include "tools/load/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

namespace signet::load {
namespace {

constexpr const char* kScenarios = "token";
constexpr std::array kLaterScenarios{"refresh", "introspect", "verify", "mixed"};
constexpr double kSecondsMax = 86400;

// What is checked or not yet used, and no option of a run.
struct Given {
  std::string scenario;
  std::string auth = "basic";
  std::string rs;
  std::string rs_secret_file;
};

// Only CLI11 knows the arguments; what it cannot say about their combination is in check().
void declare(CLI::App& app, Options& options, Given& given) {
  app.add_option("scenario", given.scenario, fmt::format("What to ask for: {}", kScenarios))->required();
  app.add_option("--url", options.url, "Issuer, http://HOST[:PORT][/t/TENANT]")->capture_default_str();
  app.add_option("--data-dir", options.data_dir, "Data directory of signetd --dev: client demo and its secret");
  app.add_option("--client", options.client, "Client id");
  app.add_option("--secret-file", options.secret_file, "File that holds the client's secret");
  app.add_option("--clients-file", options.clients_file,
                 "Many clients, uniformly at random: a client_id:secret line each, or what signetctl client import "
                 "--secrets-out wrote");
  app.add_option("--rs", given.rs, "Resource server id (scenarios that check tokens)");
  app.add_option("--rs-secret-file", given.rs_secret_file, "File that holds its secret");
  app.add_option("--scope", options.scope, "Scope to ask for (default: none, which is all of the client's)");
  app.add_option("--auth", given.auth, "Client authentication")
      ->check(CLI::IsMember(std::set<std::string>{"basic", "post"}))
      ->capture_default_str();
  app.add_option("--connections", options.plan.connections, "Keep-alive connections")
      ->check(CLI::Range(1u, 60000u))
      ->capture_default_str();
  app.add_option("--threads", options.plan.threads, "Threads, which share the connections")
      ->check(CLI::Range(1u, 256u))
      ->capture_default_str();
  app.add_option("--duration", options.plan.duration_s, "Seconds to measure")
      ->check(CLI::Range(0.1, kSecondsMax))
      ->capture_default_str();
  app.add_option("--warmup", options.plan.warmup_s, "Seconds before them that do not count")
      ->check(CLI::Range(0.0, kSecondsMax))
      ->capture_default_str();
  app.add_option("--rate", options.plan.rate, "Open loop: arrivals a second (default: closed loop)")
      ->check(CLI::Range(0.01, 1e8));
  app.add_flag("--allow-remote", options.allow_remote, "Let the load leave this machine");
  app.add_flag("--json", options.json, "One JSON object on stdout");
  app.set_version_flag("--version", "signet-load " SIGNET_VERSION);
}

std::expected<void, EarlyEnd> check(Options& options, const std::string& scenario) {
  const auto refuse = [](std::string text) { return std::unexpected(EarlyEnd{std::move(text)}); };
  if (std::find(kLaterScenarios.begin(), kLaterScenarios.end(), scenario) != kLaterScenarios.end()) {
    return refuse(fmt::format("the scenario {} is not there yet; there is: {}", scenario, kScenarios));
  }
  if (scenario != kScenarios) return refuse(fmt::format("unknown scenario {}; there is: {}", scenario, kScenarios));
  // The range checks above let "nan" pass.
  for (const auto& [name, value] : {std::pair{"--duration", options.plan.duration_s},
                                    {"--warmup", options.plan.warmup_s},
                                    {"--rate", options.plan.rate}}) {
    if (!std::isfinite(value)) return refuse(fmt::format("{}: not a number", name));
  }
  if (options.plan.threads > options.plan.connections) return refuse("--threads: more threads than --connections");
  if (!options.clients_file.empty()) {
    if (options.client.empty() && options.secret_file.empty()) return {};
    return refuse("--clients-file stands alone, without --client and --secret-file");
  }
  if (options.client.empty() && options.secret_file.empty() && !options.data_dir.empty()) options.client = "demo";
  if (options.client == "demo" && options.secret_file.empty() && !options.data_dir.empty()) {
    options.secret_file = options.data_dir + "/demo-secret";
  }
  if (options.client.empty() || options.secret_file.empty()) {
    return refuse("who asks? Give --client and --secret-file, or --clients-file, or --data-dir of signetd --dev");
  }
  return {};
}

}  // namespace

std::expected<Options, EarlyEnd> parse_options(std::vector<std::string> arguments) {
  CLI::App app("Measures how fast signetd answers: requests a second and latencies, in closed or open loop.",
               "signet-load");
  Options options;
  Given given;
  declare(app, options, given);
  std::reverse(arguments.begin(), arguments.end());  // the order CLI11 wants them in
  try {
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    return std::unexpected(EarlyEnd{app.help(), 0});
  } catch (const CLI::CallForVersion& version) {
    return std::unexpected(EarlyEnd{std::string(version.what()) + "\n", 0});
  } catch (const CLI::ParseError& error) {
    return std::unexpected(EarlyEnd{error.what()});
  }
  if (const auto checked = check(options, given.scenario); !checked) return std::unexpected(checked.error());
  if (given.auth == "post") options.auth = AuthMethod::kPost;
  return options;
}

}  // namespace signet::load
