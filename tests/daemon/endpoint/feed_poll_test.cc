// Long polls: the cap, who is woken and how often, what changes meanwhile, hang-ups and the drain.
#include <chrono>
#include <thread>

#include "tests/daemon/endpoint/feed_rig.h"

namespace signet {
namespace {

class FeedPollTest : public FeedTest {
 protected:
  // Iterates until the slot has its answer, as the alarm would make the loop do.
  Answer eventually(uint32_t slot) {
    for (int i = 0; i < 3000 && !responder_.answers.contains(slot); ++i) {
      service_->alarm_rang();
      iterate();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return responder_.answers[slot];
  }
};

TEST_F(FeedPollTest, BeyondTheCapIs503WithRetryAfter) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(waits(ask("wait=60")));
  const Answer refused = asked("wait=60");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.text("error"), "temporarily_unavailable");
  EXPECT_NE(refused.fields.find("Retry-After: "), std::string::npos);
  EXPECT_EQ(asked().status, 200) << "who does not wait is served";
  EXPECT_EQ(shared_.feed_waiting, 3U);
}

TEST_F(FeedPollTest, TheCapIsOfAllWorkersTogether) {
  shared_.feed_waiting = 3;  // on others
  EXPECT_EQ(asked("wait=60").status, 503);
  EXPECT_EQ(shared_.feed_waiting, 3U);
  shared_.feed_waiting = 0;
}

TEST_F(FeedPollTest, APeerThatHungUpFreesItsPlace) {
  const uint32_t slot = ask("wait=60");
  ask("wait=60"), ask("wait=60");
  EXPECT_EQ(asked("wait=60").status, 503);
  service_->on_gone({slot, 1, 0});
  service_->on_gone({slot, 1, 0});
  service_->on_gone({slot, 2, 0});
  service_->on_gone({99, 1, 0});
  EXPECT_EQ(shared_.feed_waiting, 2U);
  EXPECT_EQ(metrics_.feed_waiting.read(), 2U);
  EXPECT_TRUE(waits(ask("wait=60")));
}

TEST_F(FeedPollTest, NobodyIsAnsweredBeforeThereIsSomething) {
  const uint32_t slot = ask("wait=60");
  for (int i = 0; i < 10; ++i) iterate();
  EXPECT_TRUE(waits(slot));
  EXPECT_GT(alarm_ms_, 50'000U);
  EXPECT_LE(alarm_ms_, 60'000U);
}

TEST_F(FeedPollTest, ARevocationWakesAllAndOneBodyServesThem) {
  revoke(2);
  const uint32_t one = ask(after(2) + "&wait=60");
  const uint32_t two = ask(after(2) + "&wait=30");
  iterate();
  revoke();
  const Answer answer = eventually(one);
  EXPECT_EQ(answer.sequences(), std::vector<int64_t>{3});
  EXPECT_EQ(answer.text("from"), cursor(2));
  EXPECT_EQ(answer.text("to"), cursor(3));
  EXPECT_EQ(eventually(two).body, answer.body);
  EXPECT_EQ(metrics_.feed_checkpoints.read(), 1U);
  EXPECT_EQ(shared_.feed_waiting, 0U);
}

TEST_F(FeedPollTest, AnotherTenantsRevocationWakesNobody) {
  keystore_.add_tenant(4, "acme");
  const uint32_t slot = ask("wait=60");
  revoke(5, 4);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  iterate();
  EXPECT_TRUE(waits(slot));
}

TEST_F(FeedPollTest, RevocationsWithinTwentyMillisecondsShareAWakeUp) {
  const auto began = std::chrono::steady_clock::now();
  uint64_t sequence = 0;
  uint32_t slot = ask("wait=60");
  for (int i = 0; i < 200; ++i) {
    revoke();
    iterate();
    if (!responder_.answers.contains(slot)) continue;
    sequence = entries_[0].sequence();
    slot = ask(after(sequence) + "&wait=60");
  }
  const auto took = std::chrono::steady_clock::now() - began;
  const auto most = static_cast<uint64_t>(took / std::chrono::milliseconds(20)) + 1;
  EXPECT_GE(metrics_.feed_wake_ups.read(), 1U);
  EXPECT_LE(metrics_.feed_wake_ups.read(), most);
  EXPECT_EQ(eventually(slot).sequences().size(), 200 - sequence) << "the joined ones come together";
}

TEST_F(FeedPollTest, AJoinedWakeUpSetsTheAlarm) {
  ask("wait=60");
  revoke();
  iterate();
  const uint32_t slot = ask(after(1) + "&wait=60");
  revoke();
  iterate();
  if (!responder_.answers.contains(slot)) {
    EXPECT_LE(alarm_ms_, 20U);
  }
  EXPECT_EQ(eventually(slot).sequences(), std::vector<int64_t>{2});
}

TEST_F(FeedPollTest, AWaitThatIsOverGivesAnEmptyPage) {
  revoke();
  const uint32_t slot = ask(after(1) + "&wait=1");
  const Answer answer = eventually(slot);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.sequences().empty());
  EXPECT_EQ(answer.text("to"), cursor(1));
  EXPECT_EQ(shared_.feed_waiting, 0U);
}

TEST_F(FeedPollTest, AClientDisabledWhileItWaitsLearnsNothingMore) {
  const uint32_t slot = ask("wait=60");
  add_follower(kClientFeed | kClientDisabled);
  revoke();
  const Answer answer = eventually(slot);
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.body.find("jti-1"), std::string::npos);
}

TEST_F(FeedPollTest, AClientThatLosesTheFlagWhileItWaitsIs403) {
  const uint32_t slot = ask("wait=60");
  add_follower(0);
  revoke();
  EXPECT_EQ(eventually(slot).status, 403);
}

TEST_F(FeedPollTest, AClientOtherwiseChangedWhileItWaitsAsksAnew) {
  const uint32_t slot = ask("wait=60");
  add_follower(kClientFeed);
  revoke();
  const Answer answer = eventually(slot);
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.fields.find("Retry-After"), std::string::npos);
}

TEST_F(FeedPollTest, ATenantRemovedWhileItsFollowersWaitIs404) {
  keystore_.add_tenant(4, "acme");
  add_follower(kClientFeed, 4);
  const uint32_t slot = ask("wait=1", "/t/acme/oauth2/revocations");
  EXPECT_TRUE(waits(slot));
  keystore_.remove_tenant(4);
  keystore_.feed_publisher().remove(4);
  EXPECT_EQ(eventually(slot).status, 404);
}

TEST_F(FeedPollTest, ADrainAnswersAllAtOnceAndLetsNobodyWaitAnyMore) {
  const uint32_t one = ask("wait=60");
  const uint32_t two = ask("wait=60");
  service_->on_drain(responder_);
  EXPECT_EQ(responder_.answers[one].status, 200);
  EXPECT_EQ(responder_.answers[two].status, 200);
  EXPECT_TRUE(responder_.parked.empty());
  EXPECT_EQ(asked("wait=60").status, 200);
  EXPECT_EQ(shared_.feed_waiting, 0U);
}

TEST_F(FeedPollTest, ManyFollowersAreAnsweredInSlices) {
  keystore_.feed_publisher().open(kEpoch, {});
  shared_.settings.publish(std::make_unique<const ServiceSettings>(ServiceSettings{.feed_waiting_max = 1000}),
                           keystore_.domain());
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(waits(ask("wait=60")));
  revoke();
  EXPECT_TRUE(service_->after_poll(responder_)) << "one iteration must not write to all";
  EXPECT_GT(responder_.answers.size(), 0U);
  EXPECT_LT(responder_.answers.size(), 500U);
  iterate();
  EXPECT_EQ(responder_.answers.size(), 500U);
  EXPECT_EQ(metrics_.feed_waiting.read(), 0U);
  EXPECT_EQ(metrics_.feed_checkpoints.read(), 1U);
}

TEST_F(FeedPollTest, TheEndOfAServiceGivesItsPlacesBack) {
  ask("wait=60"), ask("wait=60");
  service_.reset();
  EXPECT_EQ(shared_.feed_waiting, 0U);
}

}  // namespace
}  // namespace signet
