// RateBuckets: the buckets of one worker. Nothing is shared with another worker, so that counting costs neither a lock
// nor a cache line that two cores write.
#pragma once

#include "daemon/endpoint/bucket_table.h"
#include "protocol/base/digest.h"

namespace signet {

// Loop thread only. A table for each kind, so that no flood of one kind pushes out what another remembers.
struct RateBuckets {
  RateBuckets() = default;

  // Of the hashes: nobody outside can choose names or addresses that collide.
  const ShortHashKey key = random_short_hash_key();
  BucketTable client;
  BucketTable tenant;
  BucketTable address;
  BucketTable failed_authentication;
};

}  // namespace signet
