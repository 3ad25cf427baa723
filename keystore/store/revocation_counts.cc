#include "keystore/store/revocation_counts.h"

#include <algorithm>

#include "keystore/revocation/revocation.h"
#include "keystore/revocation/revocation_table.h"
#include "keystore/store/keys.h"
#include "keystore/store/records.h"

namespace signet::store {

std::optional<RevocationCounts> RevocationCounts::decode(std::string_view value) {
  records::RevocationCountsRow row;
  if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) return std::nullopt;
  if (row.buckets_size() != row.counts_size() || static_cast<size_t>(row.buckets_size()) > kBucketsMax) {
    return std::nullopt;
  }
  RevocationCounts out;
  for (int i = 0; i < row.buckets_size(); ++i) {
    if (row.buckets(i) > UINT16_MAX) return std::nullopt;
    out.buckets_.push_back({static_cast<uint16_t>(row.buckets(i)), row.counts(i)});
  }
  return out;
}

std::string RevocationCounts::encode() const {
  records::RevocationCountsRow row;
  for (const Bucket& bucket : buckets_) {
    row.add_buckets(bucket.bucket);
    row.add_counts(bucket.count);
  }
  return row.SerializeAsString();
}

void RevocationCounts::add(UnixSeconds expires_at) {
  const uint16_t bucket = revocation_bucket(expires_at);
  auto at = std::ranges::lower_bound(buckets_, bucket, {}, &Bucket::bucket);
  if (at == buckets_.end() || at->bucket != bucket) {
    // Full: the last one takes it, which only makes it count for longer, or shorter by what no lifetime allows.
    at = buckets_.size() < kBucketsMax ? buckets_.insert(at, {bucket, 0}) : std::prev(buckets_.end());
  }
  ++at->count;
}

void RevocationCounts::forget_expired(UnixSeconds safe_now) {
  const uint16_t ended = revocation_buckets_ended(safe_now - kRevocationMarginS);
  std::erase_if(buckets_, [&](const Bucket& bucket) { return bucket.bucket < ended; });
}

uint64_t RevocationCounts::total() const {
  uint64_t total = 0;
  for (const Bucket& bucket : buckets_) total += bucket.count;
  return total;
}

bool revocation_counts_expired(std::string_view value, UnixSeconds safe_now) {
  auto counts = RevocationCounts::decode(value);
  if (!counts) return false;
  counts->forget_expired(safe_now);
  return counts->empty();
}

std::string revocation_counts_key(uint32_t tenant, std::string_view client_id) { return row_key(tenant, client_id); }

}  // namespace signet::store
