// What options may stand together, and what follows from those that were given.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>

#include "tools/load/options.h"

namespace signet::load {
namespace {

constexpr size_t kTokensDefault = 10'000;

bool contains(const std::vector<std::string>& given, std::string_view name) {
  return std::ranges::find(given, name) != given.end();
}

// An option that the scenario does not look at would pretend to measure something else.
std::string misplaced_option(const Options& options, const std::vector<std::string>& given) {
  struct Place {
    std::string_view option;
    bool fits;
    std::string_view where;
  };
  const bool checks_only = options.scenario == Scenario::kIntrospect || options.scenario == Scenario::kVerify;
  const std::array places{Place{"--tokens", options.checks_tokens(), "scenarios that check tokens"},
                          Place{"--distribution", options.checks_tokens(), "scenarios that check tokens"},
                          Place{"--tokens-file", options.checks_tokens(), "scenarios that check tokens"},
                          Place{"--audience", options.has(Scenario::kVerify), "scenarios that ask /verify"},
                          Place{"--refresh-tokens-file", options.has(Scenario::kRefresh), "scenarios that refresh"},
                          Place{"--batch", options.scenario == Scenario::kIntrospect, "the scenario introspect"},
                          Place{"--revocations-per-s", checks_only, "the scenarios introspect and verify"},
                          Place{"--mix", options.scenario == Scenario::kMixed, "the scenario mixed"},
                          Place{"--path", options.scenario != Scenario::kMixed, "scenarios of one endpoint"}};
  for (const Place& place : places) {
    if (!place.fits && contains(given, place.option)) {
      return fmt::format("{} is for {} only", place.option, place.where);
    }
  }
  return {};
}

// The parties of a development directory stand in for those not named.
void fill_in_demo(Options& options) {
  if (options.data_dir.empty()) return;
  const auto fill_in = [&](std::string& id, std::string& file, std::string_view demo) {
    if (id.empty() && file.empty()) id = demo;
    if (id == demo && file.empty()) file = fmt::format("{}/{}-secret", options.data_dir, demo);
  };
  if (options.clients_file.empty()) fill_in(options.client, options.secret_file, "demo");
  fill_in(options.rs, options.rs_secret_file, "demo-rs");
  if (options.audience.empty() && options.client == "demo") options.audience = "urn:demo";
}

std::string missing_party(const Options& options) {
  const bool asks = options.has(Scenario::kToken) || options.has(Scenario::kRefresh) ||
                    (options.checks_tokens() && options.tokens_file.empty()) || options.revocations_per_s > 0;
  if (asks && options.clients_file.empty() && (options.client.empty() || options.secret_file.empty())) {
    return "who asks? Give --client and --secret-file, or --clients-file, or --data-dir of signetd --dev";
  }
  if (options.has(Scenario::kIntrospect) && (options.rs.empty() || options.rs_secret_file.empty())) {
    return "who introspects? Give --rs and --rs-secret-file, or --data-dir of signetd --dev";
  }
  if (options.has(Scenario::kVerify) && options.audience.empty() && options.path.empty()) {
    return "/verify needs --audience: what the token has to be for";
  }
  return {};
}

// How many tokens there have to be.
std::string complete_tokens(Options& options) {
  if (!options.checks_tokens()) return {};
  if (!options.tokens_file.empty() && options.tokens > 0)
    return "--tokens-file says how many tokens: leave --tokens out";
  const bool once = options.distribution == Distribution::kNeverSeen;
  if (options.distribution == Distribution::kHot && options.tokens > 1) return "--distribution hot is one token";
  if (options.tokens > 0 || !options.tokens_file.empty()) return {};
  if (options.distribution == Distribution::kHot) options.tokens = 1;
  if (!once && options.tokens == 0) options.tokens = kTokensDefault;
  if (!once) return {};
  if (options.plan.rate == 0) return "--distribution never-seen needs --rate or --tokens, to know how many to obtain";
  const double requests = options.plan.rate * (options.plan.duration_s + options.plan.warmup_s);
  const double per_request = options.batch > 0 ? static_cast<double>(options.batch) : 1;
  options.tokens = static_cast<size_t>(std::ceil(requests * per_request)) + options.plan.threads;
  return {};
}

}  // namespace

bool Options::has(Scenario part) const {
  if (scenario != Scenario::kMixed) return scenario == part;
  switch (part) {
    case Scenario::kToken:
      return mix.token > 0;
    case Scenario::kRefresh:
      return mix.refresh > 0;
    case Scenario::kIntrospect:
      return mix.introspect > 0;
    case Scenario::kVerify:
      return mix.verify > 0;
    case Scenario::kMixed:
      break;
  }
  return true;
}

std::expected<Mix, std::string> parse_mix(std::string_view text) {
  Mix mix{.token = 0, .refresh = 0, .introspect = 0, .verify = 0};
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const size_t equals = std::min(part.find('='), part.size());
    const std::string_view name = part.substr(0, equals), number = part.substr(std::min(equals + 1, part.size()));
    double* weight = name == "token"        ? &mix.token
                     : name == "refresh"    ? &mix.refresh
                     : name == "introspect" ? &mix.introspect
                     : name == "verify"     ? &mix.verify
                                            : nullptr;
    if (weight == nullptr) return std::unexpected(fmt::format("no part is called '{}'", name));
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), *weight);
    const bool whole = error == std::errc{} && end == number.data() + number.size();
    if (!whole || !(*weight >= 0 && *weight <= 1e9)) {
      return std::unexpected(fmt::format("the weight of {} is no number of 0 or more", name));
    }
  }
  if (mix.token + mix.refresh + mix.introspect + mix.verify <= 0) return std::unexpected("no part has a weight");
  return mix;
}

std::string complete_options(Options& options, const std::vector<std::string>& given) {
  if (options.plan.threads > options.plan.connections) return "--threads: more threads than --connections";
  if (!options.clients_file.empty() && !(options.client.empty() && options.secret_file.empty())) {
    return "--clients-file stands alone, without --client and --secret-file";
  }
  if (std::string refusal = misplaced_option(options, given); !refusal.empty()) return refusal;
  fill_in_demo(options);
  if (std::string refusal = missing_party(options); !refusal.empty()) return refusal;
  if (options.batch > 0 && options.auth == AuthMethod::kPost) {
    return "--batch sends JSON: its caller authenticates with --auth basic";
  }
  return complete_tokens(options);
}

}  // namespace signet::load
