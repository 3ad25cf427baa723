#include "daemon/endpoint/bucket_table.h"

#include <algorithm>
#include <bit>

#include "protocol/base/check.h"

namespace signet {

BucketTable::BucketTable(size_t sets) : sets_(sets) { SIGNET_CHECK(std::has_single_bit(sets)); }

uint64_t BucketTable::wait_ns(const RateLimit& limit, uint64_t hash, uint64_t now_ns) const {
  for (const Bucket& bucket : sets_[hash & (sets_.size() - 1)].buckets) {
    if (bucket.hash == hash) return bucket_wait_ns(limit, bucket.full_at_ns, now_ns);
  }
  return 0;
}

uint64_t BucketTable::take(const RateLimit& limit, uint64_t hash, uint64_t now_ns) {
  auto& buckets = sets_[hash & (sets_.size() - 1)].buckets;
  for (Bucket& bucket : buckets) {
    if (bucket.hash != hash) continue;
    const uint64_t wait = bucket_wait_ns(limit, bucket.full_at_ns, now_ns);
    if (wait == 0) bucket.full_at_ns = bucket_spend(limit, bucket.full_at_ns, now_ns);
    return wait;
  }
  *std::ranges::min_element(buckets, {}, &Bucket::full_at_ns) = {hash, bucket_spend(limit, now_ns, now_ns)};
  return 0;
}

}  // namespace signet
