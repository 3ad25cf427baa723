// BucketTable: token buckets by hash, in a fixed amount of memory.
//
// A set of four buckets fills a cache line, and a hash belongs to one set. A newcomer to a full set takes the place of
// the bucket that is nearest to full: what is lost is the least, and who has spent most is never forgiven by it. To
// push out its own record a peer would have to bring four others to a worse one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/endpoint/rate_limit.h"

namespace signet {

// 16,384 buckets, 256 KiB: only those count that are not full, which they are again after a burst divided by the rate.
inline constexpr size_t kBucketSets = 4096;

// One thread. Allocates when made, never after. Hashes are keyed ones of 64 bits (short_hash): two owners of one hash
// would share a bucket, which nobody can bring about without the key. Limits given to the calls are not off.
class BucketTable {
 public:
  // `sets` is a power of two.
  explicit BucketTable(size_t sets = kBucketSets);

  // How long until the bucket has a token; 0 = it has one.
  uint64_t wait_ns(const RateLimit& limit, uint64_t hash, uint64_t now_ns) const;
  // Takes a token. Gives 0, or how long until there is one; then nothing has changed.
  uint64_t take(const RateLimit& limit, uint64_t hash, uint64_t now_ns);
  // Takes a token if there is one.
  void spend(const RateLimit& limit, uint64_t hash, uint64_t now_ns) { take(limit, hash, now_ns); }

 private:
  // An unused one is a full one of hash 0.
  struct Bucket {
    uint64_t hash = 0;
    uint64_t full_at_ns = 0;
  };
  struct alignas(64) Set {
    std::array<Bucket, 4> buckets;
  };
  static_assert(sizeof(Set) == 64);

  std::vector<Set> sets_;
};

}  // namespace signet
