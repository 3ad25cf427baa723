// Failure: why a subcommand ends, as text for the person at the terminal, with the exit status that goes with it.
#pragma once

#include <string>
#include <utility>

namespace signet::ctl {

// The three exit statuses of signetctl. Scripts rely on them: never renumber.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;  // refused or failed
inline constexpr int kExitUsage = 2;   // wrong usage

struct Failure {
  std::string text;  // not escaped yet: whoever prints it does that
  int exit_status = kExitFailed;
};

inline Failure usage_failure(std::string text) { return {std::move(text), kExitUsage}; }

}  // namespace signet::ctl
