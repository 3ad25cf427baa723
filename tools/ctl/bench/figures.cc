#include "tools/ctl/bench/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"
#include "tools/ctl/terminal_text.h"

namespace signet::ctl {
namespace {

constexpr double kBusy = 0.5;

// Two figures that mean something, with thousands: 47,312.9 -> "47,000".
std::string rounded(double value) {
  if (value <= 0) return "0";
  const double unit = std::pow(10, std::max(0.0, std::floor(std::log10(value)) - 1));
  std::string digits = fmt::format("{:.0f}", std::round(value / unit) * unit);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string cell(const std::optional<Rate>& rate) { return rate ? fmt::format("{:.0f}", rate->per_s) : ""; }
std::string cell_ms(const std::optional<Rate>& rate) { return rate ? fmt::format("{:.2f}", rate->p99_ms) : ""; }

// "47,000 tokens/s with EdDSA, 38,000 with ES256".
std::string rates_line(const BenchFigures& figures, std::optional<Rate> AlgorithmFigures::* which,
                       std::string_view what) {
  std::string line;
  for (const AlgorithmFigures& one : figures.algorithms) {
    if (!(one.*which)) continue;
    line += line.empty() ? fmt::format("{} {}/s with {}", rounded((one.*which)->per_s), what, one.algorithm)
                         : fmt::format(", {} with {}", rounded((one.*which)->per_s), one.algorithm);
  }
  return line.empty() ? line : "one core: about " + line + "\n";
}

std::string cores_text(double cores) {
  return cores < 1 ? fmt::format("{:.0f}% of a core", std::max(1.0, std::ceil(cores * 100)))
                   : fmt::format("{:.1f} cores", std::ceil(cores * 10) / 10);
}

void write_rate(JsonWriter& to, const std::optional<Rate>& rate) {
  if (!rate) return to.null();
  to.begin_object();
  to.key("per_s"), to.number(rate->per_s);
  to.key("p99_ms"), to.number(rate->p99_ms);
  to.end_object();
}

void write_algorithm(JsonWriter& to, const AlgorithmFigures& one, const Fleet& fleet) {
  to.begin_object();
  to.member("alg", one.algorithm);
  to.key("tokens"), write_rate(to, one.tokens);
  to.key("refreshes"), write_rate(to, one.refreshes);
  to.key("checks"), write_rate(to, one.checks);
  to.key("never_seen_checks"), write_rate(to, one.never_seen_checks);
  to.key("cores");
  if (const auto cores = cores_for(one, fleet)) {
    to.number(*cores);
  } else {
    to.null();
  }
  to.end_object();
}

}  // namespace

std::optional<double> cores_for(const AlgorithmFigures& figures, const Fleet& fleet) {
  const std::optional<Rate>& rate = figures.refreshes ? figures.refreshes : figures.tokens;
  if (!rate || rate->per_s <= 0) return std::nullopt;
  return fleet.per_s() / (rate->per_s * kBusy);
}

std::string sizing_text(const BenchFigures& figures, const Fleet& fleet) {
  std::string text = rates_line(figures, &AlgorithmFigures::tokens, "tokens");
  text += rates_line(figures, &AlgorithmFigures::refreshes, "refreshes");
  text += rates_line(figures, &AlgorithmFigures::checks, "checks");
  std::string needs;
  bool refreshes = false;
  for (const AlgorithmFigures& one : figures.algorithms) {
    const auto cores = cores_for(one, fleet);
    if (!cores) continue;
    refreshes = refreshes || one.refreshes.has_value();
    needs += fmt::format("{}{} with {}", needs.empty() ? "" : ", ", cores_text(*cores), one.algorithm);
  }
  if (needs.empty()) return text;
  return text + fmt::format("{} clients that {} every {:g} s ask {} times a second: you need {}, each half busy\n",
                            rounded(fleet.clients), refreshes ? "refresh" : "ask for a token", fleet.every_s,
                            rounded(fleet.per_s()), needs);
}

std::string figures_text(const BenchFigures& figures, const Fleet& fleet) {
  NamedValues facts;
  facts.add("CPU", figures.cpu);
  facts.add("directory", figures.directory);
  facts.add("file system", figures.disk.file_system);
  facts.add("fdatasync of 4 KiB", fmt::format("{:.3f} ms, 99% within {:.3f} ms", figures.disk.fdatasync_ms_median,
                                              figures.disk.fdatasync_ms_p99));
  facts.add("measured", figures.load_has_own_cpu
                            ? "one worker on one CPU, the load on another"
                            : "one worker that shares its only CPU with the load: expect more without it");
  Table table({{"ALG"},
               {"TOKENS/S", Align::kRight},
               {"P99 MS", Align::kRight},
               {"REFRESHES/S", Align::kRight},
               {"P99 MS", Align::kRight},
               {"CHECKS/S", Align::kRight},
               {"NEVER SEEN/S", Align::kRight}});
  for (const AlgorithmFigures& one : figures.algorithms) {
    table.add_row({one.algorithm, cell(one.tokens), cell_ms(one.tokens), cell(one.refreshes), cell_ms(one.refreshes),
                   cell(one.checks), cell(one.never_seen_checks)});
  }
  return facts.render() + "\n" + table.render() + "\n" + escape_lines(sizing_text(figures, fleet));
}

std::string figures_json(const BenchFigures& figures, const Fleet& fleet) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("cpu", figures.cpu);
    to.member("directory", figures.directory);
    to.member("file_system", figures.disk.file_system);
    to.key("fdatasync_ms_median"), to.number(figures.disk.fdatasync_ms_median);
    to.key("fdatasync_ms_p99"), to.number(figures.disk.fdatasync_ms_p99);
    to.member_boolean("load_has_own_cpu", figures.load_has_own_cpu);
    to.key("algorithms"), to.begin_array();
    for (const AlgorithmFigures& one : figures.algorithms) write_algorithm(to, one, fleet);
    to.end_array();
    to.key("sizing"), to.begin_object();
    to.key("clients"), to.number(fleet.clients);
    to.key("every_s"), to.number(fleet.every_s);
    to.key("per_s"), to.number(fleet.per_s());
    to.key("busy"), to.number(kBusy);
    to.end_object();
    to.end_object();
  });
}

}  // namespace signet::ctl
