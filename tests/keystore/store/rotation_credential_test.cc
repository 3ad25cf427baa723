// Refresh tokens that are credentials by themselves, and families that outlive a replay, as some dialects have them.
#include "tests/keystore/store/rotation_rig.h"

namespace signet::store {
namespace {

using Verdict = RotationVerdict;

TEST_F(RotationTest, WhereReuseIsOnlyRefusedTheFamilyLives) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken second = advance(first);
  clock_.pass(kGraceMs);
  const auto commit = store_->status().commit;
  TestRotation late;
  ask(late, first);
  late.revoke_on_reuse = false;
  store_->rotate_family(late);
  EXPECT_EQ(late.wait(), Verdict::kOvertaken);
  EXPECT_EQ(store_->status().commit, commit);
  EXPECT_EQ(stored(first).status, FamilyStatus::kLive);
  EXPECT_EQ(rotate(second), Verdict::kRotated);
}

TEST_F(RotationTest, ATokenThatIsItsOwnCredentialTellsWhoseItIs) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  TestRotation request;
  ask(request, first);
  request.client_id.clear();
  request.any_client = true;
  request.resources.clear();
  request.resources.add("https://rs.example");
  store_->rotate_family(request);
  ASSERT_EQ(request.wait(), Verdict::kRotated);
  EXPECT_EQ(request.client_id, "client");
}

TEST_F(RotationTest, ATokenOfAnotherAudienceIsNoCredentialByItself) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const auto commit = store_->status().commit;
  TestRotation request;
  ask(request, first);
  request.client_id.clear();
  request.any_client = true;
  request.resources.clear();
  request.resources.add("urn:another");
  store_->rotate_family(request);
  EXPECT_EQ(request.wait(), Verdict::kTarget);
  EXPECT_EQ(store_->status().commit, commit);
  EXPECT_EQ(stored(first).rotation.sequence, 1U);
  TestRotation nameless;
  ask(nameless, first);
  nameless.client_id.clear();
  store_->rotate_family(nameless);
  EXPECT_EQ(nameless.wait(), Verdict::kOtherClient) << "unless it is asked for";
}

}  // namespace
}  // namespace signet::store
