// A client that gives up its refresh token (RFC 7009) ends the family, and nobody else can.
#include "tests/keystore/store/rotation_rig.h"

namespace signet::store {
namespace {

using Verdict = RotationVerdict;

class FamilyRevocationTest : public RotationTest {
 protected:
  std::expected<RevocationOutcome, StoreError> revoke(const RefreshToken& token, std::string client = "client") {
    return wait<RevocationOutcome>(
        [&](auto done) { store_->revoke_family({.via = "test"}, 0, token.family, client, done); });
  }
};

TEST_F(FamilyRevocationTest, EndsTheFamilyAndPublishesThatInOneCommit) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken second = advance(first);
  const auto commit = store_->status().commit;
  const auto outcome = revoke(first);
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->fresh);
  EXPECT_EQ(store_->status().commit, commit + 1);
  EXPECT_EQ(stored(first).status, FamilyStatus::kRevoked);
  EXPECT_TRUE(index_.contains(0, RevocationKind::kFamily, family_name_of(first.family).text()));
  EXPECT_EQ(rotate(second), Verdict::kRevoked);
  EXPECT_EQ(rotate(first), Verdict::kRevoked);
  restart();
  EXPECT_EQ(rotate(second), Verdict::kRevoked);
}

TEST_F(FamilyRevocationTest, AnotherClientsFamilyStays) {
  start();
  add_demo();
  add_demo("other");
  const RefreshToken first = make_family();
  const auto outcome = revoke(first, "other");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, StoreErrorKind::kInvalid);
  EXPECT_EQ(stored(first).status, FamilyStatus::kLive);
  EXPECT_EQ(rotate(first), Verdict::kRotated);
}

TEST_F(FamilyRevocationTest, OneThatIsNotThereIsNotFound) {
  start();
  add_demo();
  const auto outcome = revoke(first_token());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, StoreErrorKind::kNotFound);
}

TEST_F(FamilyRevocationTest, TwiceIsNoErrorAndWritesNothing) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  ASSERT_TRUE(revoke(first));
  const auto commit = store_->status().commit;
  const auto again = revoke(first);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->fresh);
  EXPECT_EQ(store_->status().commit, commit);
  EXPECT_EQ(audit_records(), 3U) << "client.add, family.create, family.revoke";
}

}  // namespace
}  // namespace signet::store
