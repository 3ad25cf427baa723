// How many live single entries (tokens) each client has, by four-hour bucket of their expiry, so that those that have
// expired count no more without anybody counting them down.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/time.h"

namespace signet::store {

class RevocationCounts {
 public:
  // Nothing when the row is damaged.
  static std::optional<RevocationCounts> decode(std::string_view value);
  std::string encode() const;

  // Counts one more that expires then.
  void add(UnixSeconds expires_at);
  // Forgets those that had expired by `safe_now`.
  void forget_expired(UnixSeconds safe_now);
  uint64_t total() const;
  bool empty() const { return buckets_.empty(); }

 private:
  // A token lives at most a day, so a row has seven; one that is longer was not written here.
  static constexpr size_t kBucketsMax = 16;
  struct Bucket {
    uint16_t bucket = 0;  // see revocation_bucket
    uint32_t count = 0;
  };
  std::vector<Bucket> buckets_;  // ascending
};

// Whether nothing in the row counts any more; false for one that cannot be read.
bool revocation_counts_expired(std::string_view value, UnixSeconds safe_now);

std::string revocation_counts_key(uint32_t tenant, std::string_view client_id);

}  // namespace signet::store
