// protect_process: nobody but root reads this process's memory, and no core file is left behind.
#include <sys/prctl.h>
#include <sys/resource.h>

#include "keystore/vault/vault.h"

namespace signet {

bool protect_process() {
  // Not fatal when refused: locking memory says so itself when the limit is too low for the keys at hand.
  rlimit lock{};
  if (getrlimit(RLIMIT_MEMLOCK, &lock) == 0 && lock.rlim_cur < lock.rlim_max) {
    lock.rlim_cur = lock.rlim_max;
    (void)setrlimit(RLIMIT_MEMLOCK, &lock);
  }
  const rlimit none{0, 0};
  const bool no_core = setrlimit(RLIMIT_CORE, &none) == 0;
  // Also keeps other processes of the same user from ptrace and from /proc/PID/mem.
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && no_core;
}

}  // namespace signet
