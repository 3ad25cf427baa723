// The grace window over stops, reboots and jumps of the clock.
#include "tests/keystore/store/rotation_rig.h"

namespace signet::store {
namespace {

using Verdict = RotationVerdict;

TEST_F(RotationTest, ThreeWindowsDownThenARetryGivesTheSameSuccessor) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken second = advance(first);
  store_->close();
  clock_.pass(3 * kGraceMs);
  start();
  clock_.pass(kGraceMs - 1);
  TestRotation retry;
  ask(retry, first);
  store_->rotate_family(retry);
  ASSERT_EQ(retry.wait(), Verdict::kRepeated);
  EXPECT_EQ(successor(retry).secret, second.secret);
}

TEST_F(RotationTest, TheWholeWindowRunsFromReadyOnAndNoLonger) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  advance(first);
  clock_.pass(kGraceMs - 1);
  store_->close();  // commits the time
  clock_.reboot(3 * kGraceMs);
  open();
  clock_.pass(kGraceMs);  // open, and not yet in service
  store_->begin_service();
  clock_.pass(kGraceMs - 1);
  EXPECT_EQ(rotate(first), Verdict::kRepeated);
  clock_.pass(1);
  EXPECT_EQ(rotate(first), Verdict::kReused);
}

TEST_F(RotationTest, AWindowThatHadPassedInServiceIsNotOpenedByARestart) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  advance(first);
  clock_.pass(kGraceMs);
  restart();
  EXPECT_EQ(rotate(first), Verdict::kReused);
}

TEST_F(RotationTest, AJumpOfTheWallClockDoesNotMoveTheWindow) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken second = advance(first);
  clock_.jump(30 * 60 * 1000);
  EXPECT_EQ(rotate(first), Verdict::kRepeated);
  clock_.jump(-30 * 60 * 1000);
  clock_.pass(kGraceMs);
  EXPECT_EQ(rotate(first), Verdict::kReused);
  EXPECT_EQ(rotate(second), Verdict::kRevoked);
}

}  // namespace
}  // namespace signet::store
