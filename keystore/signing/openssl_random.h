// Where OpenSSL's randomness comes from: the kernel, through fill_secret_random. OpenSSL's own generators hang below
// one another: each draw of a thread's takes the write lock of the process's, to see whether it was reseeded, and two
// workers that sign without pause meet there.
#pragma once

namespace signet {

// openssl_random_start: from here on OpenSSL draws from the kernel. Once, before other threads use OpenSSL. False: it
// refuses.
[[nodiscard]] bool openssl_random_start();

}  // namespace signet
