// Jobs whose signatures are made elsewhere: handed over without waiting, answered when they come back, bounded, and
// judged anew by then.
#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "keystore/queue/signing_queue.h"
#include "protocol/base/base64url.h"

namespace signet {
namespace {

// Keeps what it is given until the test answers it.
class FakeToken final : public RemoteSigner {
 public:
  bool has_room() const override { return room; }
  bool submit(RemoteSignature& request) const override {
    if (!room) return false;
    taken.push_back(&request);
    return true;
  }
  void answer(bool made) const {
    for (RemoteSignature* request : std::exchange(taken, {})) {
      std::memcpy(request->signature.data(), request->input.data(), 4);
      request->made = made;
      request->completed();
    }
  }
  bool room = true;
  mutable std::vector<RemoteSignature*> taken;
};

class Sink final : public SigningSink {
 public:
  bool still_valid(const SigningJob&) override { return valid; }
  void signed_job(SigningJob& job) override { texts.emplace_back(job.text()); }
  void checked_job(SigningJob&, bool) override {}
  void failed_job(SigningJob&, Failure why) override { failed.push_back(why); }
  bool valid = true;
  std::vector<std::string> texts;
  std::vector<Failure> failed;
};

class RemoteJobTest : public testing::Test {
 protected:
  void SetUp() override { put(1, KeyStatus::kActive, token_); }
  void put(uint64_t revision, KeyStatus status, std::shared_ptr<FakeToken> remote, uint64_t signed_as = 0) {
    auto key = std::make_shared<SigningKey>();
    key->algorithm = JwsAlgorithm::kES256;
    key->status = status;
    key->revision = revision;
    key->signed_as = signed_as;
    key->cost_ns = 2'000;
    key->signature_size = 4;
    key->remote = std::move(remote);
    auto tenant = std::make_shared<TenantKeys>();
    tenant->keys.push_back(std::move(key));
    tenant->index();
    keys_.tenants = {tenant};
    keys_.index();
  }
  const SigningKey& key() const { return *keys_.tenants.front()->keys.front(); }
  void push() {
    SigningJob* job = queue_.take();
    ASSERT_NE(job, nullptr);
    job->algorithm = JwsAlgorithm::kES256;
    job->key_revision = 1;
    job->cost_ns = 2'000;
    constexpr std::string_view kText = "<1234.______>";
    std::memcpy(job->buffer.get(), kText.data(), kText.size());
    job->size = kText.size();
    job->input_begin = 1;
    job->input_size = 4;
    job->signature_at = 6;
    queue_.push(job);
  }
  bool run() { return queue_.run(keys_, sink_); }

  std::shared_ptr<FakeToken> token_ = std::make_shared<FakeToken>();
  KeySet keys_;
  Sink sink_;
  SigningQueue queue_{0, 8};
};

TEST_F(RemoteJobTest, ARunDoesNotWaitForASignatureThatIsMadeElsewhere) {
  push();
  EXPECT_FALSE(run()) << "nothing is left to do but to be woken";
  EXPECT_TRUE(sink_.texts.empty());
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.queued(JwsAlgorithm::kES256), 1u);
  token_->answer(true);
  EXPECT_FALSE(run());
  ASSERT_EQ(sink_.texts.size(), 1u);
  EXPECT_EQ(sink_.texts[0], "<1234.MTIzNA>");
  EXPECT_EQ(queue_.queued(JwsAlgorithm::kES256), 0u);
  EXPECT_TRUE(sink_.failed.empty());
}

TEST_F(RemoteJobTest, WhatComesBackWakesTheLoopOnceUntilItIsLookedAt) {
  int wakes = 0;
  queue_.set_wake([&] { ++wakes; });
  push();
  push();
  run();
  token_->answer(true);
  EXPECT_EQ(wakes, 1);
  run();
  push();
  run();
  token_->answer(true);
  EXPECT_EQ(wakes, 2);
  run();
  EXPECT_EQ(sink_.texts.size(), 3u);
}

TEST_F(RemoteJobTest, NoSignatureIsAFailureThatMayBeTriedAgain) {
  push();
  run();
  token_->answer(false);
  run();
  EXPECT_EQ(sink_.failed, std::vector{SigningSink::Failure::kSignerUnavailable});
}

TEST_F(RemoteJobTest, ATokenWithoutRoomFailsTheJobAtOnce) {
  token_->room = false;
  EXPECT_FALSE(queue_.has_room(key()));
  push();
  run();
  EXPECT_EQ(sink_.failed, std::vector{SigningSink::Failure::kSignerUnavailable});
}

TEST_F(RemoteJobTest, AtMostHalfOfTheJobsAreOut) {
  for (int i = 0; i < 6; ++i) push();
  run();
  EXPECT_EQ(token_->taken.size(), 4u);
  EXPECT_EQ(sink_.failed.size(), 2u);
  EXPECT_FALSE(queue_.has_room(key()));
  EXPECT_NE(queue_.take(), nullptr) << "another algorithm's jobs go on";
  token_->answer(true);
  run();
  EXPECT_TRUE(queue_.has_room(key()));
  EXPECT_EQ(sink_.texts.size(), 4u);
}

TEST_F(RemoteJobTest, AKeyWithdrawnMeanwhileReleasesNothing) {
  push();
  run();
  put(2, KeyStatus::kRetired, nullptr);
  token_->answer(true);
  run();
  EXPECT_TRUE(sink_.texts.empty());
  EXPECT_EQ(sink_.failed, std::vector{SigningSink::Failure::kKeyWithdrawn});
}

TEST_F(RemoteJobTest, AKeyThatStoppedMeanwhileStillAnswersWhatWaited) {
  push();
  run();
  put(2, KeyStatus::kRetiring, token_, 1);
  token_->answer(true);
  run();
  EXPECT_EQ(sink_.texts.size(), 1u);
}

TEST_F(RemoteJobTest, AClientChangedMeanwhileGetsNoToken) {
  push();
  run();
  sink_.valid = false;
  token_->answer(true);
  run();
  EXPECT_TRUE(sink_.texts.empty());
  EXPECT_EQ(sink_.failed, std::vector{SigningSink::Failure::kClientChanged});
}

TEST_F(RemoteJobTest, SignaturesComeBackFromManyThreads) {
  SigningQueue queue(0, 2'000);
  std::atomic<int> wakes{0};
  queue.set_wake([&] { ++wakes; });
  constexpr int kJobs = 800;
  for (int i = 0; i < kJobs; ++i) {
    SigningJob* job = queue.take();
    ASSERT_NE(job, nullptr);
    job->algorithm = JwsAlgorithm::kES256;
    job->key_revision = 1;
    job->cost_ns = 2'000;
    std::memcpy(job->buffer.get(), "<1234.______>", 13);
    job->size = 13;
    job->input_begin = 1;
    job->input_size = 4;
    job->signature_at = 6;
    queue.push(job);
    queue.run(keys_, sink_);
  }
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (size_t i = thread; i < token_->taken.size(); i += 4) {
        token_->taken[i]->made = true;
        token_->taken[i]->completed();
      }
    });
  }
  while (sink_.texts.size() < kJobs) queue.run(keys_, sink_);
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(wakes, 1);
  EXPECT_EQ(queue.queued(JwsAlgorithm::kES256), 0u);
  EXPECT_TRUE(sink_.failed.empty());
}

TEST_F(RemoteJobTest, AQueueEndsOnlyWhenNobodyHasItsJobs) {
  auto queue = std::make_unique<SigningQueue>(0, 8);
  SigningJob* job = queue->take();
  job->algorithm = JwsAlgorithm::kES256;
  job->key_revision = 1;
  job->cost_ns = 2'000;
  job->size = 13;
  job->input_size = 4;
  queue->push(job);
  queue->run(keys_, sink_);
  ASSERT_EQ(token_->taken.size(), 1u);
  std::atomic<bool> answered{false};
  std::thread late([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    answered = true;
    token_->answer(true);
  });
  queue.reset();
  EXPECT_TRUE(answered);
  late.join();
}

}  // namespace
}  // namespace signet
