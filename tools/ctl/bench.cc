// signetctl bench: how fast this machine is, measured on a daemon of its own, so that no running one is disturbed.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "tools/ctl/bench/child.h"
#include "tools/ctl/bench/figures.h"
#include "tools/ctl/bench/measure.h"
#include "tools/ctl/bench/private_daemon.h"
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"

namespace signet::ctl {
namespace {

constexpr uint64_t kSecondsDefault = 3;
constexpr uint64_t kConnectionsDefault = 64;
constexpr double kHotTokens = 10'000, kNeverSeenMax = 1'000'000;

struct BenchOptions {
  std::optional<std::vector<std::string>> algorithms;
  std::optional<std::vector<std::string>> only;
  std::optional<std::string> bin_dir;
  std::optional<uint64_t> seconds;
  std::optional<uint64_t> connections;
  std::optional<uint64_t> clients;
  std::optional<uint64_t> every_s;

  void bind(Arguments& arguments);
  std::string fault() const;
  bool wants(std::string_view what) const { return !only || std::ranges::find(*only, what) != only->end(); }
};

void BenchOptions::bind(Arguments& arguments) {
  arguments.list("--alg", "ALG", algorithms, "Algorithm to measure; may be repeated; EdDSA ES256 HS256 PS256 RS256");
  arguments.list("--only", "WHAT", only, "tokens, refreshes or checks; may be repeated; all when not given");
  arguments.option("--seconds", "S", seconds, 1, 3600, "Length of each measurement; 3 when not given");
  arguments.option("--connections", "N", connections, 1, 10'000,
                   "Connections; refreshes take twice as many; 64 when not given");
  arguments.option("--clients", "N", clients, 1, 1'000'000'000, "Size that the last line is about; a million");
  arguments.option("--every", "SECONDS", every_s, 1, 31'536'000, "How often each of them refreshes; 900");
  arguments.option("--bin-dir", "DIR", bin_dir, "Where signetd and signet-load are, when not beside signetctl");
}

std::string BenchOptions::fault() const {
  for (const std::string& algorithm : algorithms.value_or(std::vector<std::string>())) {
    if (std::string text = alg_fault(algorithm); !text.empty()) return text;
  }
  for (const std::string& what : only.value_or(std::vector<std::string>())) {
    if (what != "tokens" && what != "refreshes" && what != "checks") {
      return fmt::format("--only takes tokens, refreshes or checks, not `{}`", what);
    }
  }
  return "";
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(std::min(line.find(": ") + 2, line.size()));
  }
  return "unknown";
}

// The measurements of one algorithm. Tokens come first: what they found says how many tokens can be had to be checked.
class AlgorithmBench {
 public:
  AlgorithmBench(Call& call, const BenchOptions& options, const LoadSetting& setting)
      : call_(call), options_(options), setting_(setting) {}

  std::expected<AlgorithmFigures, Failure> run(PrivateDaemon& daemon, const std::string& algorithm);

 private:
  Outcome measure(std::optional<Rate>& to, std::string_view name, std::vector<std::string> arguments);
  Outcome measure_checks(AlgorithmFigures& figures);
  std::string connections(uint64_t times) const {
    return std::to_string(options_.connections.value_or(kConnectionsDefault) * times);
  }

  Call& call_;
  const BenchOptions& options_;
  LoadSetting setting_;
  std::string algorithm_;
};

Outcome AlgorithmBench::measure(std::optional<Rate>& to, std::string_view name, std::vector<std::string> arguments) {
  call_.note(fmt::format("{}: {}", algorithm_, name));
  auto rate = run_load_generator(setting_, std::move(arguments));
  if (!rate) return std::unexpected(rate.error());
  to = *rate;
  return {};
}

Outcome AlgorithmBench::measure_checks(AlgorithmFigures& figures) {
  // Not more than issuance gives in a few seconds: with RSA, obtaining them is what takes long.
  const double per_s = figures.tokens->per_s;
  const auto hot = static_cast<uint64_t>(std::clamp(per_s * 5, 100.0, kHotTokens));
  const double wanted = per_s * static_cast<double>(setting_.seconds) * 1.5;
  const auto never_seen = static_cast<uint64_t>(std::clamp(wanted, 1000.0, kNeverSeenMax));
  auto done = measure(figures.checks, "checks",
                      {"introspect", "--connections", connections(1), "--tokens", std::to_string(hot)});
  if (!done) return done;
  return measure(figures.never_seen_checks, "checks of tokens not seen before",
                 {"introspect", "--connections", connections(1), "--tokens", std::to_string(never_seen),
                  "--distribution", "never-seen"});
}

std::expected<AlgorithmFigures, Failure> AlgorithmBench::run(PrivateDaemon& daemon, const std::string& algorithm) {
  algorithm_ = algorithm;
  const std::string client = "bench-" + algorithm;
  const auto secret_file = daemon.add_client(client, algorithm);
  if (!secret_file) return std::unexpected(secret_file.error());
  setting_.common.insert(setting_.common.end(), {"--client", client, "--secret-file", *secret_file});
  AlgorithmFigures figures{.algorithm = algorithm};
  Outcome done;
  if (options_.wants("tokens") || options_.wants("checks")) {
    done = measure(figures.tokens, "tokens", {"token", "--connections", connections(1)});
  }
  if (done && options_.wants("refreshes")) {
    done = measure(figures.refreshes, "refreshes", {"refresh", "--connections", connections(2)});
  }
  if (done && options_.wants("checks")) done = measure_checks(figures);
  if (!done) return std::unexpected(done.error());
  return figures;
}

// Everything between the scratch directory's beginning and end.
std::expected<BenchFigures, Failure> run_bench(Call& call, const BenchOptions& options, const Programs& programs,
                                               const std::string& directory) {
  auto disk = measure_disk(directory);
  if (!disk) return std::unexpected(Failure{disk.error()});
  if (disk->in_memory) {
    return std::unexpected(
        Failure{fmt::format("{} is in memory ({}), where nothing is durable and no figure would mean anything: name a "
                            "directory on the disk "
                            "that the daemon will use with --data-dir",
                            std::filesystem::path(directory).parent_path().string(), disk->file_system)});
  }
  const std::vector<int> cpus = usable_cpus();
  BenchFigures figures{.directory = std::filesystem::path(directory).parent_path().string(),
                       .disk = *disk,
                       .cpu = cpu_model(),
                       .load_has_own_cpu = cpus.size() > 1};
  const auto cpu = [&](size_t at) { return cpus.size() > 1 ? std::optional(cpus[at]) : std::nullopt; };
  auto daemon = PrivateDaemon::start(programs.signetd, directory, cpu(0));
  if (!daemon) return std::unexpected(daemon.error());
  const LoadSetting setting{.signet_load = programs.signet_load,
                            .directory = directory,
                            .cpu = cpu(1),
                            .seconds = options.seconds.value_or(kSecondsDefault),
                            .common = {"--url", (*daemon)->url(), "--data-dir", (*daemon)->data_dir()},
                            .remark = [&](std::string_view said) { call.note(said); }};
  const std::vector<std::string> all{"EdDSA", "ES256", "HS256", "PS256", "RS256"};
  for (const std::string& algorithm : options.algorithms.value_or(all)) {
    if (InterruptGuard::interrupted()) return std::unexpected(Failure{"interrupted"});
    auto one = AlgorithmBench(call, options, setting).run(**daemon, algorithm);
    if (!one) return std::unexpected(one.error());
    figures.algorithms.push_back(*std::move(one));
  }
  return figures;
}

}  // namespace

Outcome bench(Call& call) {
  Arguments arguments = call.new_arguments();
  BenchOptions options;
  options.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (std::string fault = options.fault(); !fault.empty()) return std::unexpected(usage_failure(std::move(fault)));
  if (call.globals().socket) {
    return std::unexpected(usage_failure("bench starts a daemon of its own: --socket has no place here"));
  }
  const auto programs = find_programs(options.bin_dir);
  if (!programs) return std::unexpected(programs.error());
  const InterruptGuard guard;
  const auto scratch = ScratchDirectory::make(call.globals().data_dir.value_or("."));
  if (!scratch) return std::unexpected(scratch.error());
  const auto figures = run_bench(call, options, *programs, (*scratch)->path());
  if (!figures) return std::unexpected(figures.error());
  const Fleet fleet{.clients = static_cast<double>(options.clients.value_or(1'000'000)),
                    .every_s = static_cast<double>(options.every_s.value_or(900))};
  if (call.json()) {
    call.print_json(figures_json(*figures, fleet));
  } else {
    call.print(figures_text(*figures, fleet));
  }
  return {};
}

}  // namespace signet::ctl
