#include "tools/load/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

namespace signet::load {
namespace {

constexpr const char* kScenarios = "token, refresh, introspect, verify, mixed";
constexpr double kSecondsMax = 86400;

// What is read as text and checked afterwards.
struct Given {
  std::string scenario;
  std::string auth = "basic";
  std::string distribution = "zipf";
  std::string mix;
};

std::optional<Scenario> scenario_named(std::string_view name) {
  constexpr std::array kNames{std::pair{"token", Scenario::kToken}, std::pair{"refresh", Scenario::kRefresh},
                              std::pair{"introspect", Scenario::kIntrospect}, std::pair{"verify", Scenario::kVerify},
                              std::pair{"mixed", Scenario::kMixed}};
  for (const auto& [known, scenario] : kNames) {
    if (name == known) return scenario;
  }
  return std::nullopt;
}

// Only CLI11 knows the arguments; what it cannot say about their combination is in complete_options.
void declare_parties(CLI::App& app, Options& options, Given& given) {
  app.add_option("scenario", given.scenario, fmt::format("What to ask for: {}", kScenarios))->required();
  app.add_option("--url", options.url, "Issuer, http://HOST[:PORT][/t/TENANT]")->capture_default_str();
  app.add_option("--path", options.path, "Path of the endpoint, when another server has it elsewhere");
  app.add_option("--data-dir", options.data_dir,
                 "Data directory of the daemon, for its admin socket; of signetd --dev also for client demo, resource "
                 "server demo-rs and their secrets");
  app.add_option("--socket", options.socket, "Admin socket, when it is not DIR/admin.sock");
  app.add_option("--client", options.client, "Client id");
  app.add_option("--secret-file", options.secret_file, "File that holds the client's secret");
  app.add_option("--clients-file", options.clients_file,
                 "Many clients, uniformly at random: a client_id:secret line each, or what signetctl client import "
                 "--secrets-out wrote");
  app.add_option("--rs", options.rs, "Resource server that introspects");
  app.add_option("--rs-secret-file", options.rs_secret_file, "File that holds its secret");
  app.add_option("--scope", options.scope, "Scope to ask for (default: none, which is all of the client's)");
  app.add_option("--audience", options.audience, "Audience that /verify is asked about");
  app.add_option("--auth", given.auth, "Client authentication")
      ->check(CLI::IsMember(std::set<std::string>{"basic", "post"}))
      ->capture_default_str();
}

void declare_tokens(CLI::App& app, Options& options, Given& given) {
  app.add_option("--tokens", options.tokens, "Tokens to check, obtained first (default: 10000; hot: 1)")
      ->check(CLI::Range(size_t{1}, size_t{100'000'000}));
  app.add_option("--distribution", given.distribution, "How often each token is checked: never-seen = once")
      ->check(CLI::IsMember(std::set<std::string>{"hot", "zipf", "uniform", "never-seen"}))
      ->capture_default_str();
  app.add_option("--tokens-file", options.tokens_file, "Access tokens to check, one a line, instead of obtaining them");
  app.add_option(
      "--refresh-tokens-file", options.refresh_tokens_file,
      "Refresh tokens to walk from, one a line, instead of making families; more of them than connections are "
      "taken in turn");
  app.add_option("--batch", options.batch, "Tokens of one introspection (POST /oauth2/introspect/batch)")
      ->check(CLI::Range(size_t{1}, size_t{100'000}));
  app.add_option("--revocations-per-s", options.revocations_per_s,
                 "Revoke that many other tokens a second meanwhile, through the admin socket")
      ->check(CLI::Range(0.01, 1e6));
  app.add_option("--mix", given.mix, "mixed: weights of its parts (default: token=1,refresh=1,introspect=4,verify=4)");
}

void declare_load(CLI::App& app, Options& options) {
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

std::vector<std::string> names_given(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options([](const CLI::Option* one) { return one->count() > 0; })) {
    names.push_back(option->get_name());
  }
  return names;
}

std::string complete(const CLI::App& app, Options& options, const Given& given) {
  const auto scenario = scenario_named(given.scenario);
  if (!scenario) return fmt::format("unknown scenario {}; there are: {}", given.scenario, kScenarios);
  options.scenario = *scenario;
  options.auth = given.auth == "post" ? AuthMethod::kPost : AuthMethod::kBasic;
  options.distribution = *distribution_named(given.distribution);
  if (!given.mix.empty()) {
    auto mix = parse_mix(given.mix);
    if (!mix) return "--mix: " + mix.error();
    options.mix = *mix;
  }
  // The range checks above let "nan" pass.
  for (const auto& [name, value] : {std::pair{"--duration", options.plan.duration_s},
                                    {"--warmup", options.plan.warmup_s},
                                    {"--rate", options.plan.rate},
                                    {"--revocations-per-s", options.revocations_per_s}}) {
    if (!std::isfinite(value)) return fmt::format("{}: not a number", name);
  }
  return complete_options(options, names_given(app));
}

}  // namespace

std::expected<Options, EarlyEnd> parse_options(std::vector<std::string> arguments) {
  CLI::App app("Measures how fast signetd answers: requests a second and latencies, in closed or open loop.",
               "signet-load");
  Options options;
  Given given;
  declare_parties(app, options, given);
  declare_tokens(app, options, given);
  declare_load(app, options);
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
  if (std::string refusal = complete(app, options, given); !refusal.empty()) {
    return std::unexpected(EarlyEnd{std::move(refusal)});
  }
  return options;
}

}  // namespace signet::load
