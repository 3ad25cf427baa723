#include "protocol/base/random.h"

#include <sys/mman.h>
#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "protocol/base/check.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

void fill_from_kernel(MutableByteSpan out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    SIGNET_CHECK(got > 0);  // no randomness: nothing can be issued
    out = out.subspan(static_cast<size_t>(got));
  }
}

// One page. The count is inside, so that the kernel's wipe on fork also empties the pool: a child never repeats ids.
struct Pool {
  size_t unused;  // octets at the end of `bytes` not handed out yet
  uint8_t bytes[4096 - sizeof(size_t)];
};
static_assert(sizeof(Pool) == 4096);

enum class Keep : uint8_t { kIds, kSecrets };

// Maps the pool of one thread at its first use and returns it when the thread ends.
template <Keep kKeep>
class ThreadPool {
 public:
  ThreadPool() {
    void* page = mmap(nullptr, sizeof(Pool), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return;
    if (madvise(page, sizeof(Pool), MADV_WIPEONFORK) != 0) {  // kernel before 4.14: without it no pool
      munmap(page, sizeof(Pool));
      return;
    }
    const bool undumpable = madvise(page, sizeof(Pool), MADV_DONTDUMP) == 0;  // for ids it is a best effort
    if (kKeep == Keep::kSecrets && (!undumpable || mlock(page, sizeof(Pool)) != 0)) {
      munmap(page, sizeof(Pool));
      return;
    }
    pool_ = static_cast<Pool*>(page);
  }
  ~ThreadPool() {
    if (pool_ == nullptr) return;
    explicit_bzero(pool_, sizeof(Pool));
    munmap(pool_, sizeof(Pool));
    pool_ = nullptr;  // a later thread_local destructor may still ask; it then goes to the kernel
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  Pool* get() const { return pool_; }

 private:
  Pool* pool_ = nullptr;
};

thread_local ThreadPool<Keep::kIds> id_pool;
thread_local ThreadPool<Keep::kSecrets> secret_pool;
constexpr size_t kSecretMax = 256;

void fill_from(Pool* pool, MutableByteSpan out) {
  if (out.empty()) return;
  if (pool->unused < out.size()) {
    fill_from_kernel(pool->bytes);
    pool->unused = sizeof pool->bytes;
  }
  uint8_t* from = pool->bytes + (sizeof pool->bytes - pool->unused);
  std::memcpy(out.data(), from, out.size());
  pool->unused -= out.size();
  wipe({from, out.size()});  // what was handed out cannot be read back from here
}

}  // namespace

void fill_random(MutableByteSpan out) {
  Pool* pool = id_pool.get();
  if (pool == nullptr || out.size() > sizeof pool->bytes) return fill_from_kernel(out);
  fill_from(pool, out);
}

void fill_secret_random(MutableByteSpan out) {
  Pool* pool = secret_pool.get();
  if (pool == nullptr || out.size() > kSecretMax) return fill_from_kernel(out);
  fill_from(pool, out);
}

}  // namespace signet
