// The checks of power_crash must be able to fail: stores that lost something, and claims that are not true.
#include "tests/crash/family_ledger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "tests/crash/family_check.h"
#include "tests/crash/family_workload.h"
#include "tests/crash/machine.h"

namespace signet::crash {
namespace {

class PowerCrashControl : public testing::Test {
 protected:
  void SetUp() override {
    machine_.power_on();
    ASSERT_FALSE(machine_.open());
    Client client = store::client_of("holder");
    client.grants |= kGrantRefreshToken;
    ASSERT_TRUE(store::add_client(machine_.store(), client));
  }
  void hold_until(uint64_t enough) {
    std::atomic<uint64_t> acknowledged{0};
    std::thread holder([&] {
      FamilyDesk desk(machine_.store(), 1);
      hold(desk, ledger_, acknowledged);
    });
    while (acknowledged < enough) std::this_thread::yield();
    machine_.cut_power();
    holder.join();
    machine_.come_down();
  }
  std::optional<StoreOpenFailure> start_again() {
    machine_.power_on();
    return machine_.open();
  }
  void check() {
    FamilyDesk desk(machine_.store(), 2);
    check_holder(desk, machine_.index(), ledger_, true);
  }
  HeldFamily& live_family() { return *std::ranges::find(ledger_.families, HeldState::kLive, &HeldFamily::state); }
  bool all_broken_are(Rule rule) const {
    return !ledger_.broken.empty() && ledger_.count(rule) == ledger_.broken.size();
  }

  store::TemporaryDirectory directory_;
  Machine machine_{directory_.data()};
  HolderLedger ledger_{"holder"};
};

TEST_F(PowerCrashControl, ATrueLedgerIsQuiet) {
  hold_until(100);
  ASSERT_FALSE(start_again());
  check();
  EXPECT_TRUE(ledger_.broken.empty()) << ledger_.broken.front().second;
  EXPECT_EQ(ledger_.unanswered, ledger_.served);
}

TEST_F(PowerCrashControl, ADiskThatLiesIsFoundByTheMark) {
  machine_.ignore_syncs();
  hold_until(50);
  const auto failure = start_again();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, StoreOpenError::kBehindMark);
}

TEST_F(PowerCrashControl, WhatADiskThatLiesLostIsFoundByTheLedger) {
  hold_until(100);
  ASSERT_FALSE(start_again());
  check();
  ASSERT_TRUE(ledger_.broken.empty());
  machine_.stop();
  ASSERT_FALSE(start_again());
  machine_.ignore_syncs();
  const size_t tokens = ledger_.revoked_tokens.size();
  hold_until(50);
  ASSERT_GT(ledger_.revoked_tokens.size(), tokens);
  machine_.put_back_mark();
  ASSERT_FALSE(start_again());
  check();
  EXPECT_GT(ledger_.count(Rule::kLost), 0U);
  EXPECT_GT(ledger_.count(Rule::kRevokedActive), 0U);
}

TEST_F(PowerCrashControl, ARotationThatNeverWasIsLost) {
  hold_until(50);
  ASSERT_FALSE(start_again());
  HeldFamily& family = live_family();
  family.unanswered = false;
  RefreshToken never = family.current();
  never.sequence += 2;
  ledger_.rotated(family, never);
  check();
  EXPECT_TRUE(all_broken_are(Rule::kLost));
}

TEST_F(PowerCrashControl, AFamilyThatNeverWasIsLost) {
  hold_until(50);
  ASSERT_FALSE(start_again());
  FamilyDesk desk(machine_.store(), 9);
  ledger_.families.push_back({.tokens = {desk.first_token()}, .state = HeldState::kLive});
  check();
  EXPECT_TRUE(all_broken_are(Rule::kLost));
}

TEST_F(PowerCrashControl, RevocationsThatNeverWereAreActive) {
  hold_until(50);
  ASSERT_FALSE(start_again());
  HeldFamily& family = live_family();
  ledger_.family_ended(family);
  ledger_.revoked_tokens.push_back("AAAAAAAAAAAAAAAAAAAAAA");
  check();
  EXPECT_TRUE(all_broken_are(Rule::kRevokedActive));
  EXPECT_GE(ledger_.broken.size(), 2U);
}

TEST_F(PowerCrashControl, AClientThatWasNeverRevokedIsActive) {
  hold_until(50);
  ASSERT_FALSE(start_again());
  ledger_.client_ended_ms = FamilyDesk::now_ms() + 1000;
  check();
  EXPECT_TRUE(all_broken_are(Rule::kRevokedActive));
}

TEST_F(PowerCrashControl, ARetryOfWhatIsRefusedIsNotServed) {
  hold_until(50);
  ASSERT_FALSE(start_again());
  FamilyDesk desk(machine_.store(), 9);
  ledger_.families.push_back({.tokens = {desk.first_token()}, .state = HeldState::kEnding});
  check();
  EXPECT_GE(ledger_.count(Rule::kUnserved), 1U);
}

TEST(HolderLedger, OneSequenceHasOneToken) {
  HolderLedger ledger("holder");
  RefreshToken token{.key_version = 1, .sequence = 4};
  ledger.saw(token);
  ledger.saw(token);
  EXPECT_TRUE(ledger.broken.empty());
  token.sequence = 5;
  ledger.saw(token);
  EXPECT_TRUE(ledger.broken.empty()) << "of another sequence";
  token.secret.fill(1);
  ledger.saw(token);
  EXPECT_EQ(ledger.count(Rule::kTwoHeads), 1U);
  token.family.fill(1);
  ledger.saw(token);
  EXPECT_EQ(ledger.broken.size(), 1U) << "of another family";
}

}  // namespace
}  // namespace signet::crash
