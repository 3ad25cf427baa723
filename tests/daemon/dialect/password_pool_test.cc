// The pool of password threads: bounded, and nothing that it took is lost.
#include "daemon/dialect/password_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "protocol/base/digest.h"

namespace signet {
namespace {

constexpr PasswordCost kCheap{.memory_kib = 8, .passes = 1};
constexpr PasswordCost kSlow{.memory_kib = 64 * 1024, .passes = 4};

class CountedJob final : public PasswordJob {
 public:
  CountedJob(Mailbox& home, std::atomic<size_t>& elsewhere, std::vector<PasswordVerdict>& verdicts)
      : PasswordJob(home, elsewhere), verdicts_(verdicts) {}
  void deliver() override { verdicts_.push_back(verdict); }
  void abandon() override {}

 private:
  std::vector<PasswordVerdict>& verdicts_;
};

class PasswordPoolTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(digest_start()); }

  std::unique_ptr<CountedJob> job(std::string_view password) {
    auto one = std::make_unique<CountedJob>(mailbox_, elsewhere_, verdicts_);
    one->client_id = "anna";
    one->password = SecretBytes::copy_of(as_bytes(password));
    return one;
  }
  void wait_for(size_t count) {
    while (verdicts_.size() < count) {
      mailbox_.deliver();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  std::array<HashKey, 1> keys_{HashKey{1, 2, 3}};
  Pepper pepper_{1, keys_};
  std::atomic<size_t> elsewhere_{0};
  std::vector<PasswordVerdict> verdicts_;
  Mailbox mailbox_;
};

TEST_F(PasswordPoolTest, TellsRightFromWrongAndAnybodyFromNobody) {
  mailbox_.set_wake([] {});
  const PasswordCheck check(pepper_, kCheap);
  PasswordPool pool(check, 2);
  const auto verifier = check.hash(0, "anna", "sesame");
  ASSERT_TRUE(verifier);
  auto right = job("sesame"), wrong = job("sesam"), nobody = job("sesame");
  right->verifier = wrong->verifier = *verifier;
  for (auto* one : {right.get(), wrong.get(), nobody.get()}) ASSERT_TRUE(pool.submit(*one));
  wait_for(3);
  EXPECT_EQ(right->verdict, PasswordVerdict::kRight);
  EXPECT_EQ(wrong->verdict, PasswordVerdict::kWrong);
  EXPECT_EQ(nobody->verdict, PasswordVerdict::kWrong);
  pool.stop();
  EXPECT_EQ(elsewhere_, 0u);
}

TEST_F(PasswordPoolTest, TakesNoMoreThanItsQueueHolds) {
  mailbox_.set_wake([] {});
  const PasswordCheck check(pepper_, kSlow);
  PasswordPool pool(check, 1, 4);
  std::vector<std::unique_ptr<CountedJob>> jobs;
  size_t taken = 0;
  for (int n = 0; n < 20; ++n) {
    jobs.push_back(job("x"));
    taken += pool.submit(*jobs.back()) ? 1 : 0;
  }
  EXPECT_GE(taken, 4u);
  EXPECT_LE(taken, 5u) << "those that wait, and the one at work";
  pool.stop();
  wait_for(taken);
  EXPECT_EQ(elsewhere_, 0u);
}

TEST_F(PasswordPoolTest, SendsBackUndecidedWhatWaitsWhenItStops) {
  mailbox_.set_wake([] {});
  const PasswordCheck check(pepper_, kSlow);
  PasswordPool pool(check, 1, 8);
  std::vector<std::unique_ptr<CountedJob>> jobs;
  for (int n = 0; n < 6; ++n) {
    jobs.push_back(job("x"));
    ASSERT_TRUE(pool.submit(*jobs.back()));
  }
  pool.stop();
  wait_for(6);
  const auto undecided = std::ranges::count(verdicts_, PasswordVerdict::kUnavailable);
  EXPECT_GE(undecided, 5);
  auto late = job("x");
  EXPECT_FALSE(pool.submit(*late));
  EXPECT_EQ(elsewhere_, 0u);
}

}  // namespace
}  // namespace signet
