// Entries of a feed as the store would number and chain them.
#pragma once

#include <string>
#include <vector>

#include "keystore/revocation/feed_chain.h"
#include "keystore/revocation/feed_entry.h"

namespace signet {

// The next entries of one feed.
class FeedEntries {
 public:
  FeedEntry next(RevocationKind kind = RevocationKind::kToken, std::string value = {}) {
    RevocationRow row;
    row.sequence = ++sequence_;
    row.revocation = {.kind = kind,
                      .value = value.empty() ? "jti-" + std::to_string(sequence_) : std::move(value),
                      .issued_before_ms = is_criterion(kind) ? 1'700'000'000'000 : 0,
                      .expires_at = 1'800'000'000};
    hash_ = next_feed_hash(hash_, row);
    return make_feed_entry(row, hash_);
  }
  std::vector<FeedEntry> next_many(size_t count) {
    std::vector<FeedEntry> entries;
    for (size_t i = 0; i < count; ++i) entries.push_back(next());
    return entries;
  }
  uint64_t sequence() const { return sequence_; }
  const Sha256Digest& hash() const { return hash_; }

 private:
  uint64_t sequence_ = 0;
  Sha256Digest hash_{};
};

}  // namespace signet
