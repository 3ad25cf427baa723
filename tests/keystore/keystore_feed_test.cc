// The feed of a whole keystore: published with the commit, there again after a restart, read back in pages.
#include <gtest/gtest.h>

#include "keystore/revocation/feed_chain.h"
#include "tests/keystore/keystore_fixture.h"

namespace signet {
namespace {

constexpr UnixSeconds kFar = 4'000'000'000;

class KeystoreFeedTest : public KeystoreFixture {
 protected:
  RevocationOutcome revoke(Revocation revocation) {
    auto done = await<RevocationOutcome>([&](auto d) { keystore_->store().revoke(kActor, std::move(revocation), d); });
    EXPECT_TRUE(done.has_value());
    return done.value_or(RevocationOutcome{});
  }
  RevocationOutcome revoke(std::string jti, uint32_t tenant = 0) {
    return revoke({.tenant = tenant, .kind = RevocationKind::kToken, .value = std::move(jti), .expires_at = kFar});
  }
  void revoke_many(size_t count) {
    std::atomic<size_t> left{count};
    std::promise<void> all;
    for (size_t i = 0; i < count; ++i) {
      keystore_->store().revoke(kActor,
                                {.kind = RevocationKind::kToken, .value = "m" + std::to_string(i), .expires_at = kFar},
                                [&](const auto&) {
                                  if (--left == 0) all.set_value();
                                });
    }
    all.get_future().wait();
  }
  FeedRows read(FeedRange query) {
    auto page = await<FeedRows>([&](auto d) { keystore_->store().read_feed(query, d); });
    EXPECT_TRUE(page.has_value());
    return page.value_or(FeedRows{});
  }
};

TEST_F(KeystoreFeedTest, AnEntryIsPublishedBeforeItsRevocationIsAnswered) {
  open(true);
  for (uint64_t i = 1; i <= 50; ++i) {
    EXPECT_EQ(revoke("j" + std::to_string(i)).sequence, i);
    EXPECT_EQ(keystore_->feeds().of(0).end(), i);
  }
}

TEST_F(KeystoreFeedTest, WhatIsRevokedAlreadyIsNoEntry) {
  open(true);
  revoke("once");
  const uint64_t version = keystore_->feeds().version;
  EXPECT_FALSE(revoke("once").fresh);
  EXPECT_EQ(keystore_->feeds().of(0).end(), 1U);
  EXPECT_EQ(keystore_->feeds().version, version);
}

TEST_F(KeystoreFeedTest, TheChainIsWhatAFollowerComputes) {
  open(true);
  Sha256Digest hash{};
  for (const RevocationKind kind : {RevocationKind::kToken, RevocationKind::kSubject, RevocationKind::kTenant}) {
    Revocation revocation{.kind = kind, .value = kind == RevocationKind::kTenant ? "" : "v", .expires_at = kFar};
    if (is_criterion(kind)) revocation.issued_before_ms = 1'700'000'000'123;
    const RevocationOutcome done = revoke(revocation);
    hash = next_feed_hash(hash, {.revocation = revocation, .sequence = done.sequence});
    EXPECT_EQ(keystore_->feeds().of(0).end_hash(), hash);
  }
}

TEST_F(KeystoreFeedTest, EpochAndTailAreThereAgainAfterARestart) {
  open(true);
  const uint64_t epoch = keystore_->feeds().epoch;
  EXPECT_NE(epoch, 0U);
  for (int i = 0; i < 100; ++i) revoke("j" + std::to_string(i));
  const Sha256Digest hash = keystore_->feeds().of(0).end_hash();
  const std::string last = keystore_->feeds().of(0).at(100).json;
  reopen();
  const FeedTail& tail = keystore_->feeds().of(0);
  EXPECT_EQ(keystore_->feeds().epoch, epoch);
  EXPECT_EQ(tail.start(), 0U);
  EXPECT_EQ(tail.end(), 100U);
  EXPECT_EQ(tail.end_hash(), hash);
  EXPECT_EQ(tail.at(100).json, last);
  EXPECT_EQ(revoke("next").sequence, 101U);
}

TEST_F(KeystoreFeedTest, TenantsHaveFeedsOfTheirOwn) {
  open(true);
  const auto tenant = await<TenantRow>([&](auto d) { keystore_->store().add_tenant(kActor, "acme", d); });
  ASSERT_TRUE(tenant.has_value());
  revoke("a");
  revoke("b", tenant->number);
  revoke("c", tenant->number);
  EXPECT_EQ(keystore_->feeds().of(0).end(), 1U);
  EXPECT_EQ(keystore_->feeds().of(tenant->number).end(), 2U);
  reopen();
  EXPECT_EQ(keystore_->feeds().of(tenant->number).end(), 2U);
  ASSERT_TRUE(await<void>([&](auto d) { keystore_->store().remove_tenant(kActor, "acme", true, d); }).has_value());
  EXPECT_EQ(keystore_->feeds().of(tenant->number).end(), 0U);
}

TEST_F(KeystoreFeedTest, WhatTheTailForgotIsReadFromTheStore) {
  open(true);
  revoke_many(FeedTail::kEntries + 1500);
  const FeedTail& tail = keystore_->feeds().of(0);
  ASSERT_GT(tail.start(), 1000U);
  const FeedRows page = read({.after = 0, .until = tail.end()});
  EXPECT_EQ(page.entries.size(), 1000U);
  EXPECT_EQ(page.last, 1000U);
  EXPECT_FALSE(page.gap);
  const uint64_t border = tail.start();
  reopen();
  EXPECT_GE(keystore_->feeds().of(0).end() - keystore_->feeds().of(0).start(), FeedTail::kEntries);
  EXPECT_EQ(read({.after = border - 1, .until = border}).entries.size(), 1U);
}

}  // namespace
}  // namespace signet
