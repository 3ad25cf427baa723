// One measurement: signet-load against the benchmark's own daemon.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/ctl/bench/figures.h"
#include "tools/ctl/failure.h"

namespace signet::ctl {

struct LoadSetting {
  std::string signet_load;
  std::string directory;   // for its output
  std::optional<int> cpu;  // the only one it may run on
  uint64_t seconds = 3;
  std::vector<std::string> common;               // arguments of every run
  std::function<void(std::string_view)> remark;  // told what signet-load said on stderr
};

// run_load_generator runs signet-load with `arguments` and reads its figures. A failure: it could not be run, ended
// with another status than 0, said something else than its figures, or had errors; the text holds what it said itself.
std::expected<Rate, Failure> run_load_generator(const LoadSetting& setting, std::vector<std::string> arguments);

// read_load_figures reads signet-load's --json. The error is a sentence part.
std::expected<Rate, std::string> read_load_figures(std::string_view text);

}  // namespace signet::ctl
