#include "keystore/store/safe_time.h"

#include "tests/keystore/store/fake_clock.h"
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

class SafeTimeTest : public testing::Test {
 protected:
  // A process that starts with what the last one persisted.
  void start() { time_ = std::make_unique<SafeTime>(clock_, last_, skew_ms_); }
  void persist() {
    last_ = time_->observe();
    time_->persisted(last_);
  }
  FakeClock clock_;
  PersistedTime last_;
  int64_t skew_ms_ = 60'000;
  std::unique_ptr<SafeTime> time_;
};

TEST_F(SafeTimeTest, FollowsTheClockWhenNothingIsWrong) {
  start();
  EXPECT_EQ(time_->safe_ms(), clock_.wall);
  clock_.pass(5 * kHourMs);
  EXPECT_EQ(time_->safe_ms(), clock_.wall);
  EXPECT_FALSE(time_->jumped());
  EXPECT_FALSE(time_->behind());
}

TEST_F(SafeTimeTest, DoesNotFollowAMinuteIn2038) {
  start();
  persist();
  const UnixMs before = time_->safe_ms();
  clock_.jump(12 * 365 * 24 * kHourMs);
  EXPECT_TRUE(time_->jumped());
  EXPECT_EQ(time_->safe_ms(), before);
  clock_.pass(60'000);
  EXPECT_EQ(time_->safe_ms(), before + 60'000);
  persist();
  EXPECT_LT(last_.wall_ms, before + kHourMs) << "the wrong time is not persisted";
  clock_.jump(-12 * 365 * 24 * kHourMs);
  EXPECT_TRUE(time_->jumped()) << "stays until accepted";
  EXPECT_FALSE(time_->behind());
}

TEST_F(SafeTimeTest, NoticesAJumpBack) {
  start();
  persist();
  clock_.jump(-kHourMs - 1000);
  EXPECT_TRUE(time_->jumped());
  EXPECT_TRUE(time_->behind()) << "must not sign";
}

TEST_F(SafeTimeTest, BearsAnHourEitherWay) {
  start();
  clock_.jump(kHourMs);
  EXPECT_FALSE(time_->jumped());
  clock_.jump(-2 * kHourMs);
  EXPECT_FALSE(time_->jumped());
  clock_.jump(-1);
  EXPECT_TRUE(time_->jumped());
}

TEST_F(SafeTimeTest, DoesNotSignBehindWhatWasPersistedMinusSkew) {
  start();
  persist();
  clock_.jump(-skew_ms_);
  EXPECT_FALSE(time_->behind());
  clock_.jump(-1);
  EXPECT_TRUE(time_->behind());
  persist();
  EXPECT_TRUE(time_->behind()) << "a commit does not make the wrong clock right";
  clock_.pass(skew_ms_);
  EXPECT_FALSE(time_->behind());
}

TEST_F(SafeTimeTest, ToleratesNoSkewWhenToldSo) {
  skew_ms_ = 0;
  start();
  persist();
  EXPECT_FALSE(time_->behind());
  clock_.jump(-1);
  EXPECT_TRUE(time_->behind());
}

TEST_F(SafeTimeTest, MeasuresAStopByUptimeWithinOneBoot) {
  start();
  persist();
  clock_.pass(72 * kHourMs);
  start();
  EXPECT_FALSE(time_->jumped());
  EXPECT_EQ(time_->safe_ms(), clock_.wall);
}

TEST_F(SafeTimeTest, NoticesAJumpDuringAStop) {
  start();
  persist();
  clock_.pass(kHourMs / 2);
  clock_.jump(2 * kHourMs);
  start();
  EXPECT_TRUE(time_->jumped());
  EXPECT_EQ(time_->safe_ms(), last_.safe_ms + kHourMs / 2);
}

TEST_F(SafeTimeTest, TakesAShortRebootAsTimeThatPassed) {
  start();
  persist();
  clock_.reboot(kHourMs / 4);
  start();
  EXPECT_FALSE(time_->jumped());
  EXPECT_EQ(time_->safe_ms(), clock_.wall);
}

TEST_F(SafeTimeTest, DoesNotTrustALongGapOverAReboot) {
  start();
  persist();
  clock_.reboot(3 * kHourMs);
  start();
  EXPECT_TRUE(time_->jumped());
  EXPECT_EQ(time_->safe_ms(), last_.safe_ms);
}

TEST_F(SafeTimeTest, DoesNotTrustAClockThatARebootSetBack) {
  start();
  persist();
  clock_.reboot(-100 * kHourMs);
  start();
  EXPECT_TRUE(time_->jumped());
  EXPECT_TRUE(time_->behind());
  EXPECT_EQ(time_->safe_ms(), last_.safe_ms);
}

TEST_F(SafeTimeTest, SafeTimeNeverGoesBackOverARestart) {
  start();
  persist();
  clock_.pass(1000);
  clock_.jump(-30'000);
  start();
  EXPECT_FALSE(time_->jumped());
  EXPECT_GE(time_->safe_ms(), last_.safe_ms);
}

TEST_F(SafeTimeTest, CountsAnUnknownBootAsAReboot) {
  start();
  EXPECT_TRUE(time_->boot_known());
  clock_.boot.clear();
  start();
  EXPECT_FALSE(time_->boot_known());
  persist();
  clock_.pass(2 * kHourMs);
  start();
  EXPECT_TRUE(time_->jumped());
}

TEST_F(SafeTimeTest, AcceptTakesTheClockAsRight) {
  start();
  persist();
  clock_.jump(-10 * kHourMs);
  ASSERT_TRUE(time_->jumped());
  const auto accepted = time_->accept();
  time_->persisted(accepted);
  EXPECT_FALSE(time_->jumped());
  EXPECT_FALSE(time_->behind());
  EXPECT_EQ(time_->safe_ms(), clock_.wall);
}

TEST(SystemClockTest, AgreesWithItself) {
  Clock& clock = system_clock();
  EXPECT_GT(clock.wall_ms(), 1'600'000'000'000);
  EXPECT_GT(clock.uptime_ms(), 0);
  EXPECT_EQ(clock.boot_id(), clock.boot_id());
}

class StoreClockTest : public StoreTest {
 protected:
  StoreClockTest() { seams_.clock = &clock_; }
  FakeClock clock_;
};

TEST_F(StoreClockTest, ShowsAJumpUntilItIsAccepted) {
  open();
  EXPECT_FALSE(store_->status().clock_jumped);
  clock_.jump(3 * kHourMs);
  EXPECT_TRUE(store_->status().clock_jumped);
  ASSERT_TRUE(add_client(*store_, client_of("c1"))) << "changes go on";
  ASSERT_TRUE(accept_clock(*store_));
  EXPECT_FALSE(store_->status().clock_jumped);
  reopen();
  EXPECT_FALSE(store_->status().clock_jumped);
}

TEST_F(StoreClockTest, RemembersOverARestartWhatTimeItWas) {
  open();
  store_->close();
  clock_.pass(60'000);
  clock_.jump(-2 * kHourMs);
  open();
  EXPECT_TRUE(store_->status().clock_jumped);
  EXPECT_TRUE(store_->status().clock_behind);
  reopen();
  EXPECT_TRUE(store_->status().clock_jumped) << "a restart accepts nothing";
  ASSERT_TRUE(accept_clock(*store_));
  EXPECT_FALSE(store_->status().clock_behind);
}

TEST_F(StoreClockTest, PersistsTheTimeWithoutAnyUse) {
  open();
  clock_.pass(48 * kHourMs);
  const auto before = store_->status().commit;
  ASSERT_TRUE(put_last_used(*store_, {}));
  EXPECT_EQ(store_->status().commit, before + 1);
}

TEST_F(StoreClockTest, PersistsTheTimeOfAnOrderlyStop) {
  open();
  clock_.pass(48 * kHourMs);
  store_->close();
  clock_.reboot(60'000);
  open();
  EXPECT_FALSE(store_->status().clock_jumped);
}

}  // namespace
}  // namespace signet::store
