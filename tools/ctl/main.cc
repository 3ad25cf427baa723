// signetctl: the admin tool of signetd.
#include <sys/prctl.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "tools/ctl/dispatch.h"

int main(int argc, char** argv) {
  // Client secrets pass through this process: no core dump, no attaching by other processes of the same user.
  prctl(PR_SET_DUMPABLE, 0);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    return signet::ctl::run_signetctl(arguments, {stdin, stdout, stderr});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "signetctl: %s\n", error.what());
    return signet::ctl::kExitFailed;
  }
}
