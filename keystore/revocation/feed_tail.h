// FeedTail: the last entries of one tenant's revocation feed, and where the feed ends. Immutable; a longer one shares
// what it has in common with the one before.
//
// Invariants: the entries are dense, from start() + 1 to end(). Segments are aligned: each but the first and the last
// holds kSegmentEntries entries, and (sequence - 1) / kSegmentEntries numbers them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "keystore/revocation/feed_entry.h"

namespace signet {

// Any thread for reading.
class FeedTail {
 public:
  // At least so many of the newest entries are kept in memory, about a megabyte; older pages come from the store.
  static constexpr uint64_t kEntries = 4096;

  // A feed without entries.
  FeedTail() = default;
  // The feed ends at `end` with the chain's hash there; `entries` are the last ones of it: dense, and empty or up to
  // `end`. Allocates.
  FeedTail(uint64_t end, const Sha256Digest& end_hash, std::vector<FeedEntry> entries);

  // Entries after this sequence are here.
  uint64_t start() const { return segments_.empty() ? end_ : segments_.front()->front().sequence - 1; }
  // The sequence of the feed's last entry; 0 = it never had one.
  uint64_t end() const { return end_; }
  const Sha256Digest& end_hash() const { return end_hash_; }
  // start() < sequence <= end(). Does not allocate.
  const FeedEntry& at(uint64_t sequence) const;

  // Allocates. What follows, `entries` being the next ones; the oldest are let go. Entries that do not follow begin a
  // tail of their own.
  FeedTail with(std::span<const FeedEntry> entries) const;

 private:
  static constexpr uint64_t kSegmentEntries = 64;  // a commit copies less than one segment
  using Segment = std::vector<FeedEntry>;

  void append(std::span<const FeedEntry> entries);
  void forget_oldest();

  uint64_t end_ = 0;
  Sha256Digest end_hash_{};
  std::vector<std::shared_ptr<const Segment>> segments_;
};

}  // namespace signet
