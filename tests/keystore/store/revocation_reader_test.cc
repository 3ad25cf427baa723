// Pages of a feed out of the database: gaps, borders, what has expired, and the reader's end.
#include "keystore/store/revocation_reader.h"

#include <gtest/gtest.h>

#include <future>

#include "keystore/revocation/feed_chain.h"
#include "keystore/store/reader_thread.h"
#include "keystore/store/rows.h"
#include "tests/keystore/store/store_harness.h"

namespace signet::store {
namespace {

constexpr UnixSeconds kNow = 1'700'000'000;

class RevocationReaderTest : public testing::Test {
 protected:
  RevocationReaderTest() {
    std::filesystem::create_directory(directory_.data());
    database_ = *Database::open({.path = directory_.data(), .create = true});
  }
  void put(uint64_t sequence, UnixSeconds expires_at = kNow + 100, uint32_t tenant = 1) {
    RevocationRow row{.revocation = {.tenant = tenant,
                                     .kind = RevocationKind::kToken,
                                     .value = "j" + std::to_string(sequence),
                                     .expires_at = expires_at},
                      .sequence = sequence};
    Sha256Digest hash{};
    hash[0] = static_cast<uint8_t>(sequence);
    Batch batch(*database_);
    batch.put(Family::kRevocations, revocation_key(tenant, sequence), encode_revocation(row, hash));
    ASSERT_TRUE(database_->write(batch));
  }
  FeedRows page(uint64_t after, uint64_t until, bool live = false, uint32_t limit = 1000) {
    const auto read =
        read_feed_page(*database_, {.tenant = 1, .after = after, .until = until, .limit = limit, .live = live}, kNow);
    EXPECT_TRUE(read.has_value());
    return read.value_or(FeedRows{});
  }
  static std::vector<uint64_t> sequences(const FeedRows& page) {
    std::vector<uint64_t> out;
    for (const FeedEntry& entry : page.entries) out.push_back(entry.sequence);
    return out;
  }
  using Sequences = std::vector<uint64_t>;

  TemporaryDirectory directory_;
  std::unique_ptr<Database> database_;
};

TEST_F(RevocationReaderTest, AFeedWithoutItsNextEntryIsAGap) {
  put(1), put(3);
  EXPECT_TRUE(page(1, 3).gap);
  EXPECT_FALSE(page(0, 3).gap);
  EXPECT_EQ(sequences(page(0, 3)), Sequences{1}) << "it ends before the hole";
  EXPECT_EQ(page(0, 3).last, 1U);
}

TEST_F(RevocationReaderTest, AFeedThatIsGoneAltogetherIsAGap) { EXPECT_TRUE(page(0, 9).gap); }

TEST_F(RevocationReaderTest, AnotherTenantsRowsAreNotItsOwn) {
  put(1, kNow + 100, 2);
  put(2, kNow + 100, 0);
  EXPECT_TRUE(page(0, 2).gap);
  EXPECT_TRUE(page(0, 2, true).entries.empty());
}

TEST_F(RevocationReaderTest, AFeedShowsExpiredEntriesTooForItsChain) {
  put(1, kNow - 100), put(2);
  EXPECT_EQ(sequences(page(0, 2)), (Sequences{1, 2}));
}

TEST_F(RevocationReaderTest, PagesEndAtTheLimitAndGoOnBehindIt) {
  for (uint64_t i = 1; i <= 7; ++i) put(i);
  EXPECT_EQ(sequences(page(0, 7, false, 3)), (Sequences{1, 2, 3}));
  EXPECT_EQ(sequences(page(3, 7, false, 3)), (Sequences{4, 5, 6}));
  EXPECT_EQ(sequences(page(6, 7, false, 3)), Sequences{7});
  EXPECT_EQ(sequences(page(0, 3, false, 3)), (Sequences{1, 2, 3}));
}

TEST_F(RevocationReaderTest, NothingBehindUntilIsShown) {
  for (uint64_t i = 1; i <= 5; ++i) put(i);
  EXPECT_EQ(sequences(page(0, 4)), (Sequences{1, 2, 3, 4}));
  EXPECT_EQ(sequences(page(0, 4, true)), (Sequences{1, 2, 3, 4}));
}

TEST_F(RevocationReaderTest, ASnapshotLeavesOutWhatHasExpiredAndToleratesHoles) {
  put(1, kNow), put(2, kNow + 1), put(5), put(6, kNow - 1);
  const FeedRows found = page(0, 8, true);
  EXPECT_EQ(sequences(found), (Sequences{2, 5}));
  EXPECT_EQ(found.last, 8U) << "all of it has been looked at";
  EXPECT_FALSE(found.gap);
}

TEST_F(RevocationReaderTest, ASnapshotOfManyExpiredEntriesIsStillBounded) {
  for (uint64_t i = 1; i <= 100; ++i) put(i, kNow - 1);
  const FeedRows found = page(0, 100, true, 2);
  EXPECT_TRUE(found.entries.empty());
  EXPECT_LT(found.last, 100U);
  EXPECT_GT(found.last, 0U);
}

TEST_F(RevocationReaderTest, GivesTheHashOfTheLastEntryWhereItIsKept) {
  put(1), put(2, kNow - 1);
  ASSERT_TRUE(page(0, 2, true).until_hash.has_value());
  EXPECT_EQ((*page(0, 2, true).until_hash)[0], 2);
  EXPECT_FALSE(page(0, 3, true).until_hash.has_value());
}

TEST_F(RevocationReaderTest, ADamagedRowIsAnErrorAndNoGap) {
  put(1);
  Batch batch(*database_);
  batch.put(Family::kRevocations, revocation_key(1, 2), "\xFF\xFF");
  ASSERT_TRUE(database_->write(batch));
  const auto read = read_feed_page(*database_, {.tenant = 1, .after = 1, .until = 2}, kNow);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, StoreErrorKind::kUnavailable);
}

class ReaderThreadTest : public RevocationReaderTest {
 protected:
  std::future<std::expected<FeedRows, StoreError>> ask(uint64_t after, uint64_t until) {
    auto promise = std::make_shared<std::promise<std::expected<FeedRows, StoreError>>>();
    submit({.tenant = 1, .after = after, .until = until},
           [promise](auto result) { promise->set_value(std::move(result)); });
    return promise->get_future();
  }
  void submit(const FeedRange& query, StoreDone<FeedRows> done) {
    reader_->submit(
        make_read_task<FeedRows>([this, query] { return read_feed_page(*database_, query, kNow); }, std::move(done)));
  }
  std::unique_ptr<ReaderThread> reader_ = std::make_unique<ReaderThread>();
};

TEST_F(ReaderThreadTest, AnswersEveryQuery) {
  for (uint64_t i = 1; i <= 20; ++i) put(i);
  std::vector<std::future<std::expected<FeedRows, StoreError>>> asked;
  for (uint64_t i = 0; i < 20; ++i) asked.push_back(ask(i, 20));
  for (uint64_t i = 0; i < 20; ++i) {
    const auto read = asked[i].get();
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->entries.front().sequence, i + 1);
  }
}

TEST_F(ReaderThreadTest, AfterItsEndItRefuses) {
  reader_->close();
  reader_->close();
  const auto read = ask(0, 1).get();
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, StoreErrorKind::kUnavailable);
}

TEST_F(ReaderThreadTest, WhatWaitsAtItsEndIsAnsweredOnce) {
  std::atomic<int> answers{0};
  for (int i = 0; i < 500; ++i) {
    submit({.tenant = 1, .until = 1}, [&](const auto&) { ++answers; });
  }
  reader_->close();
  EXPECT_EQ(answers, 500);
}

TEST_F(ReaderThreadTest, BeyondItsBoundItIsBusy) {
  std::promise<void> hold;
  std::atomic<int> busy{0};
  std::atomic<int> answers{0};
  submit({.tenant = 1, .until = 1}, [&](const auto&) { hold.get_future().wait(); });
  for (size_t i = 0; i < ReaderThread::kTasksMax + 10; ++i) {
    submit({.tenant = 1, .until = 1}, [&](const auto& page) {
      busy += !page && page.error().kind == StoreErrorKind::kBusy ? 1 : 0;
      ++answers;
    });
  }
  EXPECT_GE(busy, 10);
  hold.set_value();
  reader_->close();
  EXPECT_EQ(answers, static_cast<int>(ReaderThread::kTasksMax) + 10);
}

}  // namespace
}  // namespace signet::store
