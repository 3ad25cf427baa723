// Rotations that share a commit, and what the committer remembers from one to the next.
#include <array>
#include <vector>

#include "tests/keystore/store/rotation_rig.h"

namespace signet::store {
namespace {

using Verdict = RotationVerdict;

TEST_F(RotationTest, OneBatchWithSeveralRotationsOfAFamilyHasOneWinner) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  constexpr size_t kAskers = 64;
  std::vector<TestRotation> requests(kAskers);
  for (TestRotation& request : requests) ask(request, first);
  for (TestRotation& request : requests) store_->rotate_family(request);
  size_t winners = 0;
  for (TestRotation& request : requests) {
    const Verdict verdict = request.wait();
    winners += verdict == Verdict::kRotated ? 1 : 0;
    EXPECT_TRUE(verdict == Verdict::kRotated || verdict == Verdict::kRepeated);
    EXPECT_EQ(successor(request).secret, successor(requests[0]).secret);
    EXPECT_EQ(request.rotation.sequence, 2U);
  }
  EXPECT_EQ(winners, 1U);
  EXPECT_EQ(stored(first).rotation.sequence, 2U);
}

TEST_F(RotationTest, ManyHandedOverAtOnceAreDecidedOneByOneInTheirOrder) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken other = make_family();
  TestRotation winner, repeated, foreign, forged;
  ask(winner, first);
  ask(repeated, first);
  ask(foreign, other);
  foreign.client_id = "somebody else";
  ask(forged, other);
  forged.hash.fill(0x11);
  const std::array<RotationRequest*, 4> requests{&winner, &foreign, &repeated, &forged};
  store_->rotate_families(requests);
  EXPECT_EQ(winner.wait(), Verdict::kRotated);
  EXPECT_EQ(repeated.wait(), Verdict::kRepeated);
  EXPECT_EQ(foreign.wait(), Verdict::kOtherClient);
  EXPECT_EQ(forged.wait(), Verdict::kWrongSecret);
  EXPECT_EQ(successor(repeated).secret, successor(winner).secret);
  store_->rotate_families({});
  EXPECT_EQ(rotate(other), Verdict::kRotated);
}

// After a restart nothing is remembered: the rows of a commit come from the database together.
TEST_F(RotationTest, FamiliesThatSleptAreDecidedTogetherAsTheyAreOneByOne) {
  start();
  add_demo();
  std::vector<RefreshToken> tokens(100);
  for (RefreshToken& token : tokens) token = make_family();
  RefreshToken unknown = tokens[0];
  unknown.family.fill(0x77);
  restart();
  std::vector<TestRotation> requests(tokens.size() + 2);
  std::vector<RotationRequest*> all;
  for (size_t i = 0; i < tokens.size(); ++i) ask(requests[i], tokens[i]);
  ask(requests[tokens.size()], unknown);
  ask(requests[tokens.size() + 1], tokens[7]);
  for (TestRotation& request : requests) all.push_back(&request);
  store_->rotate_families(all);
  for (size_t i = 0; i < tokens.size(); ++i) EXPECT_EQ(requests[i].wait(), Verdict::kRotated) << i;
  EXPECT_EQ(requests[tokens.size()].wait(), Verdict::kUnknownFamily);
  EXPECT_EQ(requests[tokens.size() + 1].wait(), Verdict::kRepeated);
  for (const RefreshToken& token : tokens) EXPECT_EQ(stored(token).rotation.sequence, 2U);
}

TEST_F(RotationTest, OfManyAtOnceThoseThatTheQueueHasNoRoomForAreToldThatTheStoreIsBusy) {
  options_.queue_max = 40;
  start();
  add_demo();
  const RefreshToken first = make_family();
  std::vector<TestRotation> requests(60);
  std::vector<RotationRequest*> all;
  for (TestRotation& request : requests) {
    ask(request, first);
    all.push_back(&request);
  }
  store_->rotate_families(all);  // so few that they reach the queue together
  size_t busy = 0;
  for (TestRotation& request : requests) busy += request.wait() == Verdict::kBusy ? 1 : 0;
  EXPECT_EQ(busy, 20U);
  EXPECT_EQ(stored(first).rotation.sequence, 2U);
}

TEST_F(RotationTest, WhatIsRememberedOfAClientFollowsEveryChangeOfIt) {
  start();
  add_demo();
  RefreshToken token = advance(make_family());
  // Refused: nothing of it may stay.
  EXPECT_FALSE(update_client(*store_, "client", {.flags_set = kClientDisabled, .if_revision = 1'000'000, .what = "x"}));
  token = advance(token);
  ASSERT_TRUE(update_client(*store_, "client", {.flags_set = kClientDisabled, .what = "client.disable"}));
  EXPECT_EQ(rotate(token), Verdict::kClientGone);
  ASSERT_TRUE(update_client(*store_, "client", {.flags_clear = kClientDisabled, .what = "client.enable"}));
  token = advance(token);
  ASSERT_TRUE(wait<void>([&](auto done) { store_->remove_client(actor(), 0, "client", done); }));
  EXPECT_EQ(rotate(token), Verdict::kClientGone);
  clock_.pass(1000);
  add_demo();  // the name again: the families that it had stay dead
  EXPECT_NE(rotate(token), Verdict::kRotated);
  EXPECT_EQ(rotate(make_family()), Verdict::kRotated);
}

TEST_F(RotationTest, ARotationAfterAReuseInTheSameBatchIsRefused) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken second = advance(first);
  clock_.pass(kGraceMs);
  TestRotation reuse;
  TestRotation honest;
  ask(reuse, first);
  ask(honest, second);
  store_->rotate_family(reuse);
  store_->rotate_family(honest);
  EXPECT_EQ(reuse.wait(), Verdict::kReused);
  EXPECT_EQ(honest.wait(), Verdict::kRevoked);
}

}  // namespace
}  // namespace signet::store
