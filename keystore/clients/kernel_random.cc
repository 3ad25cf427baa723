#include "keystore/clients/kernel_random.h"

#include <sys/random.h>

#include <cerrno>

#include "protocol/base/check.h"

namespace signet {

void fill_from_kernel(MutableByteSpan out) {
  for (size_t done = 0; done < out.size();) {
    const ssize_t got = ::getrandom(out.data() + done, out.size() - done, 0);
    SIGNET_CHECK(got >= 0 || errno == EINTR);
    if (got > 0) done += static_cast<size_t>(got);
  }
}

}  // namespace signet
