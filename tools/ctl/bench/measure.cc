#include "tools/ctl/bench/measure.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "protocol/json/reader.h"
#include "tools/ctl/bench/child.h"

namespace signet::ctl {
namespace {

// What comes before the clock starts takes longest with RSA, whose tokens to check have to be signed first.
constexpr int64_t kPreparationMs = 300'000;

std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// What was said but for the line about the preparation.
std::string without_preparation(const std::string& said) {
  std::istringstream lines(said);
  std::string remarks;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("prepared ")) remarks += (remarks.empty() ? "" : "\n") + line;
  }
  return remarks;
}

}  // namespace

std::expected<Rate, std::string> read_load_figures(std::string_view text) {
  const auto json = read_json(text, {.allow_fractions = true});
  if (!json) return std::unexpected("no figures: " + describe(json.error()));
  const auto number = [&](std::string_view name) {
    const JsonValue* value = json->find(name);
    return value == nullptr ? std::optional<double>() : value->as_number();
  };
  const auto rate = number("requests_per_s"), p99 = number("p99_ms"), errors = number("errors");
  if (!rate || !p99 || !errors) return std::unexpected("no requests_per_s, p99_ms and errors");
  if (*errors > 0) return std::unexpected(fmt::format("{:.0f} errors", *errors));
  if (*rate <= 0) return std::unexpected("no good answer");
  return Rate{.per_s = *rate, .p99_ms = *p99};
}

std::expected<Rate, Failure> run_load_generator(const LoadSetting& setting, std::vector<std::string> arguments) {
  const std::string what = arguments.front();
  arguments.insert(arguments.begin(), setting.signet_load);
  arguments.insert(arguments.end(), setting.common.begin(), setting.common.end());
  arguments.insert(arguments.end(), {"--duration", std::to_string(setting.seconds), "--json"});
  const std::string out = setting.directory + "/load.out", err = setting.directory + "/load.err";
  auto child = Child::start({.command = arguments, .output = out, .errors = err, .cpu = setting.cpu});
  if (!child) return std::unexpected(Failure{child.error()});
  const auto status = child->wait(kPreparationMs + static_cast<int64_t>(setting.seconds) * 1000);
  if (InterruptGuard::interrupted()) return std::unexpected(Failure{"interrupted"});
  const std::string said = file_text(err);
  const auto failed = [&](std::string_view why) {
    return std::unexpected(Failure{fmt::format("signet-load {}: {}\n{}", what, why, said)});
  };
  if (!status) return failed("it did not end in time");
  if (*status != 0) return failed(fmt::format("it ended with {}", *status));
  const auto rate = read_load_figures(file_text(out));
  if (!rate) return failed(rate.error());
  if (std::string remarks = without_preparation(said); !remarks.empty()) setting.remark(remarks);
  return *rate;
}

}  // namespace signet::ctl
