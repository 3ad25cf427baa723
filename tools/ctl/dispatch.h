// run_signetctl: the whole tool but for the process around it.
#pragma once

#include <string>
#include <vector>

#include "tools/ctl/command.h"

namespace signet::ctl {

// run_signetctl finds the command that `arguments` (without the program's name) call for, runs it, and prints its
// failure. Gives the exit status: kExitDone, kExitFailed or kExitUsage. Blocks on the daemon.
int run_signetctl(const std::vector<std::string>& arguments, const Streams& streams);

}  // namespace signet::ctl
