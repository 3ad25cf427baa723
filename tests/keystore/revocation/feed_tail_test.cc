#include "keystore/revocation/feed_tail.h"

#include <gtest/gtest.h>

#include "keystore/revocation/revocation_feeds.h"
#include "tests/keystore/revocation/feed_entries.h"

namespace signet {
namespace {

void expect_dense(const FeedTail& tail) {
  for (uint64_t sequence = tail.start() + 1; sequence <= tail.end(); ++sequence) {
    ASSERT_EQ(tail.at(sequence).sequence, sequence);
  }
}

TEST(FeedTail, IsEmptyBeforeTheFirstEntry) {
  const FeedTail tail;
  EXPECT_EQ(tail.start(), 0U);
  EXPECT_EQ(tail.end(), 0U);
  EXPECT_EQ(tail.end_hash(), Sha256Digest{});
}

TEST(FeedTail, GrowsOneByOneAndKeepsTheNewest) {
  FeedEntries entries;
  FeedTail tail;
  for (size_t i = 0; i < FeedTail::kEntries + 200; ++i) tail = tail.with(std::vector{entries.next()});
  EXPECT_EQ(tail.end(), FeedTail::kEntries + 200);
  EXPECT_EQ(tail.end_hash(), entries.hash());
  EXPECT_GT(tail.start(), 0U) << "a tail that never forgets is a leak";
  EXPECT_LE(tail.start(), 200U) << "at least kEntries are kept";
  expect_dense(tail);
}

TEST(FeedTail, GrowsByManyAtOnce) {
  FeedEntries entries;
  const FeedTail small = FeedTail().with(entries.next_many(100));
  const FeedTail large = small.with(entries.next_many(3 * FeedTail::kEntries));
  EXPECT_EQ(small.end(), 100U) << "what was published does not change";
  EXPECT_EQ(large.end(), 3 * FeedTail::kEntries + 100);
  EXPECT_GE(large.end() - large.start(), FeedTail::kEntries);
  expect_dense(large);
}

TEST(FeedTail, MadeOfStoredEntriesGoesOnWhereTheyEnd) {
  FeedEntries entries;
  entries.next_many(1000);
  const uint64_t start = entries.sequence();
  const FeedTail loaded(1070, {}, entries.next_many(70));
  EXPECT_EQ(loaded.start(), start);
  const FeedTail grown = loaded.with(entries.next_many(30));
  EXPECT_EQ(grown.start(), start);
  EXPECT_EQ(grown.end(), 1100U);
  expect_dense(grown);
}

TEST(FeedTail, OfWhichAllIsDroppedStillKnowsItsEnd) {
  FeedEntries entries;
  entries.next_many(500);
  const FeedTail loaded(500, entries.hash(), {});
  EXPECT_EQ(loaded.start(), 500U);
  EXPECT_EQ(loaded.end_hash(), entries.hash());
  const FeedTail grown = loaded.with(entries.next_many(1));
  EXPECT_EQ(grown.start(), 500U);
  EXPECT_EQ(grown.at(501).sequence, 501U);
}

TEST(FeedTail, EntriesThatDoNotFollowBeginATailOfTheirOwn) {
  FeedEntries entries;
  const FeedTail tail = FeedTail().with(entries.next_many(10));
  entries.next();
  const FeedTail other = tail.with(entries.next_many(2));
  EXPECT_EQ(other.start(), 11U) << "a hole must not look dense";
  EXPECT_EQ(other.end(), 13U);
  expect_dense(other);
}

TEST(FeedEntry, EscapesItsValue) {
  FeedEntries entries;
  EXPECT_EQ(entries.next(RevocationKind::kSubject, "a\"b\n").json,
            R"({"seq":1,"kind":"subject","value":"a\"b\n","issued_before":1700000000000,"exp":1800000000})");
}

TEST(RevocationFeeds, TenantsAreApart) {
  QuiescentDomain domain;
  FeedPublisher publisher(domain);
  publisher.open(7, {});
  FeedEntries one;
  FeedEntries other;
  publisher.add({{5, one.next()}, {2, other.next()}, {5, one.next()}});
  const RevocationFeeds& feeds = publisher.load();
  EXPECT_EQ(feeds.epoch, 7U);
  EXPECT_EQ(feeds.of(5).end(), 2U);
  EXPECT_EQ(feeds.of(2).end(), 1U);
  EXPECT_EQ(feeds.of(3).end(), 0U);
  EXPECT_EQ(feeds.of(5).end_hash(), one.hash());
}

TEST(RevocationFeeds, NothingNewIsNoPublication) {
  QuiescentDomain domain;
  FeedPublisher publisher(domain);
  publisher.open(7, {});
  const uint64_t version = publisher.load().version;
  publisher.add({});
  publisher.remove(3);
  EXPECT_EQ(publisher.load().version, version) << "followers would be looked through for nothing";
}

TEST(RevocationFeeds, ATenantThatIsRemovedTakesItsTailAlong) {
  QuiescentDomain domain;
  FeedPublisher publisher(domain);
  FeedEntries entries;
  publisher.open(7, {{1, std::make_shared<const FeedTail>(FeedTail().with(entries.next_many(3)))}});
  EXPECT_EQ(publisher.load().of(1).end(), 3U);
  publisher.remove(1);
  EXPECT_EQ(publisher.load().of(1).end(), 0U);
}

}  // namespace
}  // namespace signet
