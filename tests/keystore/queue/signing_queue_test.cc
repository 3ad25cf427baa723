#include "keystore/queue/signing_queue.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/keystore/queue/queue_rig.h"

namespace signet {
namespace {

TEST(SigningQueue, FillsTheHoleAndNothingElse) {
  Keys keys;
  keys.add(JwsAlgorithm::kEdDSA, 1, 10);
  SigningQueue queue(0, 10);
  RecordingSink sink;
  push(queue, 7, JwsAlgorithm::kEdDSA, 1, 10);
  EXPECT_FALSE(queue.run(keys.set(), sink));
  ASSERT_EQ(sink.texts.size(), 1u);
  EXPECT_EQ(sink.texts[0], "<1007." + signature_of(7) + ">");
  EXPECT_TRUE(queue.empty());
}

TEST(SigningQueue, SignsJobsOfOneKeyInOneGroup) {
  Keys keys;
  FakeSigner* first = keys.add(JwsAlgorithm::kEdDSA, 1, 10);
  FakeSigner* second = keys.add(JwsAlgorithm::kEdDSA, 2, 10);
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 5; ++i) push(queue, i, JwsAlgorithm::kEdDSA, 1, 10);
  for (uint32_t i = 5; i < 7; ++i) push(queue, i, JwsAlgorithm::kEdDSA, 2, 10);
  queue.run(keys.set(), sink);
  EXPECT_EQ(first->groups, std::vector<size_t>{5});
  EXPECT_EQ(second->groups, std::vector<size_t>{2});
  EXPECT_EQ(sink.done, (std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6}));
}

TEST(SigningQueue, StopsAtItsBudgetAndCarriesTheRestOver) {
  Keys keys;
  keys.add(JwsAlgorithm::kEdDSA, 1, 300);
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 10; ++i) push(queue, i, JwsAlgorithm::kEdDSA, 1, 300);
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(sink.done.size(), 3u);
  EXPECT_EQ(sink.asked, 0) << "a job of this iteration needs no second look";
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(sink.done.size(), 6u);
  EXPECT_GT(sink.asked, 0);
}

TEST(SigningQueue, OneDearSignatureCountsWholeAndDoesNotStarveCheapOnes) {
  Keys keys;
  FakeSigner* rsa = keys.add(JwsAlgorithm::kRS256, 1, 5000);
  keys.add(JwsAlgorithm::kEdDSA, 2, 10);
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 4; ++i) push(queue, i, JwsAlgorithm::kRS256, 1, 5000);
  for (uint32_t i = 10; i < 14; ++i) push(queue, i, JwsAlgorithm::kEdDSA, 2, 10);
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(sink.done, (std::vector<uint32_t>{10, 11, 12, 13, 0})) << "cheap ones first, then one RSA signature";
  EXPECT_EQ(rsa->groups, std::vector<size_t>{1});
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(sink.done.back(), 1u);
}

// What is answered can be on its way while a dear group is signed.
TEST(SigningQueue, TellsOfADearGroupWhenOthersAreDone) {
  Keys keys;
  keys.add(JwsAlgorithm::kRS256, 1, 600);
  keys.add(JwsAlgorithm::kEdDSA, 2, 10);
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 2; ++i) push(queue, i, JwsAlgorithm::kRS256, 1, 600);
  for (uint32_t i = 10; i < 14; ++i) push(queue, i, JwsAlgorithm::kEdDSA, 2, 10);
  queue.run(keys.set(), sink, 1000);
  EXPECT_EQ(sink.done_before_dear, std::vector<size_t>{4}) << "all cheap ones, and once";
  sink.done_before_dear.clear();
  queue.run(keys.set(), sink, 1000);
  EXPECT_TRUE(sink.done_before_dear.empty()) << "nothing was done in this run";
}

TEST(SigningQueue, AGroupOfHalfTheBudgetIsNotDear) {
  Keys keys;
  keys.add(JwsAlgorithm::kRS256, 1, 500);
  keys.add(JwsAlgorithm::kEdDSA, 2, 10);
  SigningQueue queue(0, 100);
  RecordingSink sink;
  push(queue, 1, JwsAlgorithm::kRS256, 1, 500);
  push(queue, 2, JwsAlgorithm::kEdDSA, 2, 10);
  queue.run(keys.set(), sink, 1000);
  EXPECT_EQ(sink.done.size(), 2u);
  EXPECT_TRUE(sink.done_before_dear.empty());
}

// As RSA-3072 in lanes: a group of eight takes twice the budget.
TEST(SigningQueue, AGroupDearerThanTheBudgetIsFilledWithWhatCostsNothingMore) {
  Keys keys;
  FakeSigner* rsa = keys.add(JwsAlgorithm::kRS256, 1, 270);
  rsa->in_groups = true;
  rsa->few = 2;
  rsa->alone_ns = 1900;
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 13; ++i) push(queue, i, JwsAlgorithm::kRS256, 1, 270);
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(rsa->groups, std::vector<size_t>{8}) << "what a group of three would have cost";
  EXPECT_FALSE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(rsa->groups, (std::vector<size_t>{8, 5}));
}

TEST(SigningQueue, AGroupIsNotFilledWhereOneMoreCostsMore) {
  Keys keys;
  FakeSigner* rsa = keys.add(JwsAlgorithm::kRS256, 1, 270);
  rsa->in_groups = true;
  rsa->few = 2;
  rsa->alone_ns = 1900;
  keys.add(JwsAlgorithm::kEdDSA, 2, 100);
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 8; ++i) push(queue, i, JwsAlgorithm::kEdDSA, 2, 100);
  for (uint32_t i = 20; i < 30; ++i) push(queue, i, JwsAlgorithm::kRS256, 1, 270);
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(rsa->groups, std::vector<size_t>{1}) << "two would take longer than one";
}

TEST(SigningQueue, AGroupThatFitsIsFilledToItsWidthAndNoFurther) {
  Keys keys;
  FakeSigner* signer = keys.add(JwsAlgorithm::kRS256, 1, 90);
  signer->in_groups = true;
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 40; ++i) push(queue, i, JwsAlgorithm::kRS256, 1, 90);
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(signer->groups, std::vector<size_t>{16}) << "eleven fit by themselves";
}

TEST(SigningQueue, JobsCountAsWhatTheyTakeNowNotAsWhenTheyWereQueued) {
  Keys keys;
  FakeSigner* signer = keys.add(JwsAlgorithm::kRS256, 1, 100);
  FakeSigner* cheap = keys.add(JwsAlgorithm::kEdDSA, 2, 10);
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 20; ++i) push(queue, i, JwsAlgorithm::kRS256, 1, 100);
  push(queue, 30, JwsAlgorithm::kEdDSA, 2, 10);
  signer->at_least_ns = 600;  // the lanes are given up
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(signer->groups, std::vector<size_t>{1});
  EXPECT_EQ(cheap->groups, std::vector<size_t>{1});
  signer->at_least_ns = 300;
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(signer->groups, (std::vector<size_t>{1, 3})) << "and none in a second turn";
  EXPECT_EQ(signing_cost_ns(*keys.tenant->keys[0]), 300u);
  EXPECT_EQ(signing_cost_ns(*keys.tenant->keys[1]), 10u);
}

TEST(SigningQueue, AnotherKeysJobsDoNotFillAGroup) {
  Keys keys;
  FakeSigner* first = keys.add(JwsAlgorithm::kRS256, 1, 270);
  first->in_groups = true;
  FakeSigner* second = keys.add(JwsAlgorithm::kRS256, 2, 270);
  second->in_groups = true;
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 5; ++i) push(queue, i, JwsAlgorithm::kRS256, 1, 270);
  push(queue, 5, JwsAlgorithm::kRS256, 2, 270);
  push(queue, 6, JwsAlgorithm::kRS256, 1, 270);
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(first->groups, std::vector<size_t>{5});
  EXPECT_TRUE(second->groups.empty()) << "the budget is spent";
}

TEST(SigningQueue, JobsOfAWithdrawnKeyStillKeepToTheBudget) {
  Keys keys;
  keys.add(JwsAlgorithm::kRS256, 1, 300, KeyStatus::kRetired)->in_groups = true;
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 10; ++i) push(queue, i, JwsAlgorithm::kRS256, 1, 300);
  while (queue.run(keys.set(), sink, 1000)) continue;
  EXPECT_TRUE(sink.done.empty());
  EXPECT_EQ(sink.failed.size(), 10u);
}

TEST(SigningQueue, AFloodOfCheapOnesDoesNotStarveRsa) {
  Keys keys;
  keys.add(JwsAlgorithm::kHS256, 1, 1000);
  keys.add(JwsAlgorithm::kRS256, 2, 5000);
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 20; ++i) push(queue, i, JwsAlgorithm::kHS256, 1, 1000);
  push(queue, 99, JwsAlgorithm::kRS256, 2, 5000);
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  EXPECT_EQ(sink.done, (std::vector<uint32_t>{0, 99}));
}

TEST(SigningQueue, AKeyWithdrawnMeanwhileSignsNothing) {
  for (const KeyStatus status : {KeyStatus::kPending, KeyStatus::kRetiring, KeyStatus::kRetired}) {
    Keys keys;
    FakeSigner* signer = keys.add(JwsAlgorithm::kEdDSA, 1, 10, status);
    SigningQueue queue(0, 10);
    RecordingSink sink;
    push(queue, 1, JwsAlgorithm::kEdDSA, 1, 10);
    push(queue, 2, JwsAlgorithm::kEdDSA, 999, 10);
    EXPECT_FALSE(queue.run(keys.set(), sink));
    EXPECT_TRUE(sink.done.empty());
    ASSERT_EQ(sink.failed.size(), 2u);
    EXPECT_EQ(sink.failed[0].second, SigningSink::Failure::kKeyWithdrawn);
    EXPECT_TRUE(signer->groups.empty());
  }
}

TEST(SigningQueue, AKeyThatStoppedAMomentAgoSignsWhatWaitedForIt) {
  Keys keys;
  FakeSigner* signer = keys.add(JwsAlgorithm::kEdDSA, 8, 10, KeyStatus::kRetiring, /*signed_as=*/7);
  SigningQueue queue(0, 10);
  RecordingSink sink;
  push(queue, 1, JwsAlgorithm::kEdDSA, 7, 10);  // given to it while it was active
  push(queue, 2, JwsAlgorithm::kEdDSA, 8, 10);  // nobody gives anything to a key that retires
  push(queue, 3, JwsAlgorithm::kEdDSA, 6, 10);  // the revision before that: it is not known any more
  EXPECT_FALSE(queue.run(keys.set(), sink));
  EXPECT_EQ(sink.done, std::vector<uint32_t>{1});
  EXPECT_EQ(sink.failed.size(), 2u);
  EXPECT_EQ(signer->groups, std::vector<size_t>{1});
}

TEST(SigningQueue, AClientChangedWhileItsJobWaitedGetsNoToken) {
  Keys keys;
  keys.add(JwsAlgorithm::kEdDSA, 1, 1000);
  SigningQueue queue(0, 10);
  RecordingSink sink;
  push(queue, 1, JwsAlgorithm::kEdDSA, 1, 1000, "good");
  push(queue, 2, JwsAlgorithm::kEdDSA, 1, 1000, "disabled");
  push(queue, 3, JwsAlgorithm::kEdDSA, 1, 1000, "good");
  EXPECT_TRUE(queue.run(keys.set(), sink, 1000));
  sink.refused_client = "disabled";
  EXPECT_FALSE(queue.run(keys.set(), sink, 10'000));
  EXPECT_EQ(sink.done, (std::vector<uint32_t>{1, 3}));
  ASSERT_EQ(sink.failed.size(), 1u);
  EXPECT_EQ(sink.failed[0], std::make_pair(2u, SigningSink::Failure::kClientChanged));
}

TEST(SigningQueue, AFailingSignerReleasesOnlyWhatItSigned) {
  Keys keys;
  FakeSigner* signer = keys.add(JwsAlgorithm::kEdDSA, 1, 10);
  signer->fails_at = 2;
  SigningQueue queue(0, 10);
  RecordingSink sink;
  for (uint32_t i = 0; i < 5; ++i) push(queue, i, JwsAlgorithm::kEdDSA, 1, 10);
  EXPECT_FALSE(queue.run(keys.set(), sink));
  EXPECT_EQ(sink.done, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(sink.failed.size(), 3u);
}

TEST(SigningQueue, AnUnknownTenantFailsItsJobs) {
  SigningQueue queue(0, 10);
  RecordingSink sink;
  push(queue, 1, JwsAlgorithm::kEdDSA, 1, 10);
  EXPECT_FALSE(queue.run(KeySet{}, sink));
  EXPECT_EQ(sink.failed.size(), 1u);
}

TEST(SigningQueue, HandsOutNoMoreJobsThanItsBoundAndRecyclesThem) {
  SigningQueue queue(0, 2);
  SigningJob* first = queue.take();
  SigningJob* second = queue.take();
  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(queue.take(), nullptr);
  queue.give_back(first);
  EXPECT_EQ(queue.take(), first);
  EXPECT_EQ(queue.take(), nullptr);
}

TEST(SigningQueue, AClassHoldsABoundedBacklogAndLeavesRoomForOthers) {
  Keys keys;
  keys.add(JwsAlgorithm::kRS256, 1, 500'000'000);
  SigningQueue queue(0, 100);
  RecordingSink sink;
  for (uint32_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(queue.has_room(JwsAlgorithm::kRS256, 500'000'000));
    push(queue, i, JwsAlgorithm::kRS256, 1, 500'000'000);
  }
  EXPECT_FALSE(queue.has_room(JwsAlgorithm::kRS256, 500'000'000));
  EXPECT_TRUE(queue.has_room(JwsAlgorithm::kEdDSA, 20'000));
  EXPECT_EQ(queue.queued(JwsAlgorithm::kRS256), 4u);
  EXPECT_EQ(queue.queued(JwsAlgorithm::kEdDSA), 0u);
  queue.run(keys.set(), sink);
  EXPECT_TRUE(queue.has_room(JwsAlgorithm::kRS256, 500'000'000)) << "room comes back as jobs are signed";
}

TEST(SigningQueue, ALargeJobDoesNotKeepItsMemory) {
  SigningQueue queue(0, 1);
  SigningJob* job = queue.take();
  job->ensure(100'000);
  EXPECT_GE(job->capacity, 100'000u);
  queue.give_back(job);
  EXPECT_EQ(queue.take()->capacity, SigningJob::kBufferSize);
}

TEST(SigningQueue, SignsGroupsLargerThanOneCallTakes) {
  Keys keys;
  FakeSigner* signer = keys.add(JwsAlgorithm::kEdDSA, 1, 1);
  SigningQueue queue(0, 200);
  RecordingSink sink;
  for (uint32_t i = 0; i < 150; ++i) push(queue, i, JwsAlgorithm::kEdDSA, 1, 1);
  EXPECT_FALSE(queue.run(keys.set(), sink));
  EXPECT_EQ(sink.done.size(), 150u);
  EXPECT_EQ(signer->groups, (std::vector<size_t>{64, 64, 22}));
}

}  // namespace
}  // namespace signet
