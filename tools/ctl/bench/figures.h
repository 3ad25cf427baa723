// What a benchmark of this machine found, and what follows for an installation of a given size. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/ctl/bench/disk.h"

namespace signet::ctl {

// One closed loop against one worker.
struct Rate {
  double per_s = 0;
  double p99_ms = 0;
};

// Of one algorithm; absent = not measured.
struct AlgorithmFigures {
  std::string algorithm;
  std::optional<Rate> tokens;
  std::optional<Rate> refreshes;
  std::optional<Rate> checks;             // introspections of 10,000 tokens by Zipf's law
  std::optional<Rate> never_seen_checks;  // introspections of tokens that were not seen before
};

// The installation that the sizing line is about: each client refreshes, or asks anew, once in `every_s`.
struct Fleet {
  double clients = 1'000'000;
  double every_s = 900;
  double per_s() const { return clients / every_s; }
};

struct BenchFigures {
  std::string directory;
  Disk disk;
  std::string cpu;
  bool load_has_own_cpu = true;
  std::vector<AlgorithmFigures> algorithms;
};

// cores_for: how many cores of this kind the fleet needs when each is kept half busy, so that peaks and restarts have
// room. By refreshes where they were measured, by tokens otherwise; nothing when neither was.
std::optional<double> cores_for(const AlgorithmFigures& figures, const Fleet& fleet);

// "one core: about 47,000 tokens/s with EdDSA, ...; 1,000,000 clients that refresh every 900 s need ...". Lines.
std::string sizing_text(const BenchFigures& figures, const Fleet& fleet);

// The table, the disk and the sizing lines, for people; escaped.
std::string figures_text(const BenchFigures& figures, const Fleet& fleet);
// One JSON object on one line, for programs.
std::string figures_json(const BenchFigures& figures, const Fleet& fleet);

}  // namespace signet::ctl
