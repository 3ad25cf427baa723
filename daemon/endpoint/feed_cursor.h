// Cursors of the revocation feed: where a follower is, as text that only Signet reads. Bound to the epoch and the
// tenant by what they hold. A cursor proves nothing and opens nothing: what it leads to is checked like everything
// else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/base/base64url.h"

namespace signet {

// Behind the entry `sequence` of the feed.
struct FeedCursor {
  uint64_t epoch = 0;
  uint32_t tenant = 0;
  uint64_t sequence = 0;
  bool operator==(const FeedCursor&) const = default;
};

// Behind the entry `last` of a snapshot of the feed as it was when it ended with `end`.
struct SnapshotCursor {
  uint64_t epoch = 0;
  uint32_t tenant = 0;
  uint64_t last = 0;
  uint64_t end = 0;
  bool operator==(const SnapshotCursor&) const = default;
};

// Characters of each; a version octet, then the members big-endian in order, in base64url.
inline constexpr size_t kFeedCursorSize = base64url_encoded_size(1 + 8 + 4 + 8);
inline constexpr size_t kSnapshotCursorSize = base64url_encoded_size(1 + 8 + 4 + 8 + 8);
using FeedCursorText = std::array<char, kFeedCursorSize>;
using SnapshotCursorText = std::array<char, kSnapshotCursorSize>;

// All: any thread, do not allocate. Reading gives nothing when the text is none that was ever written.
FeedCursorText write_feed_cursor(const FeedCursor& cursor);
std::optional<FeedCursor> read_feed_cursor(std::string_view text);
SnapshotCursorText write_snapshot_cursor(const SnapshotCursor& cursor);
std::optional<SnapshotCursor> read_snapshot_cursor(std::string_view text);

// The epoch as followers see it: 16 hexadecimal digits.
using FeedEpochText = std::array<char, 16>;
FeedEpochText write_feed_epoch(uint64_t epoch);

}  // namespace signet
