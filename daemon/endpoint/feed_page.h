// Bodies of the feed's answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/endpoint/feed_cursor.h"
#include "keystore/revocation/feed_entry.h"

namespace signet {

inline constexpr uint32_t kFeedPageEntriesMax = 1'000;

// FeedPage writes one page. Each member is written once, in the order of the functions. Loop thread; allocates.
class FeedPage {
 public:
  // A page of the feed: between these cursors, and whether there is more at once.
  FeedPage(const FeedCursor& from, const FeedCursor& to, bool more);
  // A page of a snapshot: `next` goes on with it; without one this is the last page, and `to` goes on with the feed.
  FeedPage(uint64_t epoch, const SnapshotCursor* next, const FeedCursor& to);

  void add(const FeedEntry& entry);
  // Ends the page; an empty checkpoint is written as null. Gives the body.
  std::string finish(std::string_view checkpoint);

 private:
  std::string body_;
  bool first_ = true;
};

// The body of a 410: RFC 6749 5.2's members, and where the snapshot is.
std::string feed_gone_body(std::string_view issuer, std::string_view description);

}  // namespace signet
