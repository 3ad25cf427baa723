// prepare_run: everything that a run needs before its clock starts: credentials, tokens, families, requests.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "tools/load/options.h"
#include "tools/load/runner.h"
#include "tools/load/url.h"
#include "tools/load/workload.h"

namespace signet::load {

struct PreparedRun {
  WorkloadFactory workloads;
  std::unique_ptr<Companion> companion;  // may be null
};

// prepare_run reads files, obtains tokens and makes families, as the options say. Blocks; says on stderr what it does
// when a terminal is there. Errors are sentences for people.
std::expected<PreparedRun, std::string> prepare_run(const Options& options, const Url& url, const Address& address);

}  // namespace signet::load
