#include "daemon/endpoint/feed_cursor.h"

#include <gtest/gtest.h>

#include <string>

namespace signet {
namespace {

template <size_t kSize>
std::string text_of(const std::array<char, kSize>& text) {
  return {text.data(), text.size()};
}

TEST(FeedCursor, RefusesWhatWasNeverWritten) {
  const std::string good = text_of(write_feed_cursor({7, 1, 9}));
  for (const std::string& bad : {std::string(), std::string("x"), good.substr(1), good + "A", "=" + good.substr(1),
                                 "B" + good.substr(1), std::string(good.size(), 'A'), std::string(good.size(), '-'),
                                 " " + good, text_of(write_snapshot_cursor({7, 1, 8, 9}))}) {
    EXPECT_FALSE(read_feed_cursor(bad)) << bad;
  }
  EXPECT_FALSE(read_snapshot_cursor(good)) << "a cursor of one is none of the other";
}

TEST(FeedCursor, IsReadAsItWasWritten) {
  for (const FeedCursor cursor : {FeedCursor{}, FeedCursor{UINT64_MAX, UINT32_MAX, UINT64_MAX}, FeedCursor{1, 2, 3}}) {
    EXPECT_EQ(read_feed_cursor(text_of(write_feed_cursor(cursor))), cursor);
  }
  const SnapshotCursor snapshot{UINT64_MAX, 3, 4, UINT64_MAX};
  EXPECT_EQ(read_snapshot_cursor(text_of(write_snapshot_cursor(snapshot))), snapshot);
}

TEST(FeedCursor, AnEpochIsSixteenDigits) {
  EXPECT_EQ(text_of(write_feed_epoch(0xab)), "00000000000000ab");
  EXPECT_EQ(text_of(write_feed_epoch(UINT64_MAX)), "ffffffffffffffff");
}

}  // namespace
}  // namespace signet
