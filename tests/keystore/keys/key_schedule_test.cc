#include "keystore/keys/key_schedule.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace signet {
namespace {

constexpr UnixSeconds kNow = 1'800'000'000;
constexpr uint32_t kDay = 86'400;
constexpr KeyTerms kNewKey{.max_age_s = 300, .lifetime_s = 900};
constexpr UnixSeconds kLead = 900 + 60 + 60;

struct Keys {
  KeySet set;
  std::shared_ptr<TenantKeys> tenant = std::make_shared<TenantKeys>();

  Keys() { tenant->name = "default"; }
  SigningKey& add(const std::string& kid, KeyStatus status, JwsAlgorithm algorithm = JwsAlgorithm::kEdDSA) {
    auto key = std::make_shared<SigningKey>();
    key->kid = kid;
    key->algorithm = algorithm;
    key->status = status;
    key->created_at = kNow - kDay;
    key->activated_at = status == KeyStatus::kPending ? 0 : kNow;
    key->terms = kNewKey;
    tenant->keys.push_back(key);
    return *key;
  }
  const KeySet& done() {
    set.tenants = {tenant};
    return set;
  }
};

KeySchedule every(uint32_t period_s) { return {.rules = {}, .period_s = period_s, .skew_s = 60}; }

TEST(KeySchedule, TheFirstRuleThatFitsCounts) {
  KeySchedule schedule = every(7 * kDay);
  schedule.rules = {{"acme", "ES256", 0}, {"acme", "*", 5 * kDay}, {"*", "RS256", 9 * kDay}};
  EXPECT_EQ(schedule.period_of("acme", JwsAlgorithm::kES256), 0u);
  EXPECT_EQ(schedule.period_of("acme", JwsAlgorithm::kRS256), 5 * kDay);
  EXPECT_EQ(schedule.period_of("other", JwsAlgorithm::kRS256), 9 * kDay);
  EXPECT_EQ(schedule.period_of("other", JwsAlgorithm::kEdDSA), 7 * kDay);
}

TEST(KeyDuties, ASuccessorIsPublishedALeadBeforeThePeriodEnds) {
  Keys keys;
  keys.add("k1", KeyStatus::kActive);
  const auto duties = key_duties(keys.done(), every(7 * kDay), kNewKey);
  ASSERT_EQ(duties.size(), 1u);
  EXPECT_EQ(duties[0].kind, KeyDutyKind::kPublish);
  EXPECT_EQ(duties[0].kid, "k1");
  EXPECT_EQ(duties[0].at, kNow + 7 * kDay - kLead);
  EXPECT_EQ(duties[0].then, kNow + 7 * kDay);
}

TEST(KeyDuties, WithoutAPeriodNothingHappens) {
  Keys keys;
  keys.add("k1", KeyStatus::kActive);
  EXPECT_TRUE(key_duties(keys.done(), every(0), kNewKey).empty());
}

TEST(KeyDuties, AnHmacKeyOfAnAudienceIsNeverReplacedByItself) {
  Keys keys;
  keys.add("k1", KeyStatus::kActive, JwsAlgorithm::kHS256).audience = "urn:rs";
  EXPECT_TRUE(key_duties(keys.done(), every(7 * kDay), kNewKey).empty());
}

TEST(KeyDuties, AnHmacKeyOfADialectIs) {
  Keys keys;
  keys.add("k1", KeyStatus::kActive, JwsAlgorithm::kHS256).dialect = "vietqr";
  const auto duties = key_duties(keys.done(), every(7 * kDay), kNewKey);
  ASSERT_EQ(duties.size(), 1u);
  EXPECT_EQ(duties[0].at, kNow + 7 * kDay) << "it needs no lead";
}

TEST(KeyDuties, APendingKeyOfThePlaceIsTakenInsteadOfANewOne) {
  Keys keys;
  keys.add("k1", KeyStatus::kActive);
  keys.add("k2", KeyStatus::kPending);
  keys.add("k3", KeyStatus::kPending, JwsAlgorithm::kES256);
  const auto duties = key_duties(keys.done(), every(7 * kDay), kNewKey);
  ASSERT_EQ(duties.size(), 1u) << "k3 takes nobody's place, and nobody planned it";
  EXPECT_EQ(duties[0].kind, KeyDutyKind::kActivate);
  EXPECT_EQ(duties[0].kid, "k2");
  EXPECT_EQ(duties[0].at, kNow + 7 * kDay);
}

TEST(KeyDuties, AreInTheOrderOfTheirTimes) {
  Keys keys;
  keys.add("old", KeyStatus::kRetiring).terms.retiring_at = kNow - 100;
  keys.add("older", KeyStatus::kRetired).terms.retired_at = kNow - 40 * kDay;
  keys.add("new", KeyStatus::kPending).terms.activate_at = kNow + 5;
  const auto duties = key_duties(keys.done(), every(0), kNewKey);
  ASSERT_EQ(duties.size(), 3u);
  EXPECT_EQ(duties[0].kind, KeyDutyKind::kDestroy);
  EXPECT_EQ(duties[1].kind, KeyDutyKind::kActivate);
  EXPECT_EQ(duties[2].kind, KeyDutyKind::kRetire);
  EXPECT_EQ(duties[2].at, kNow - 100 + 900 + 60);
}

TEST(KeyPlan, GoesOnFromOneRotationToTheNext) {
  Keys keys;
  keys.add("k1", KeyStatus::kActive);
  const auto plan = key_plan(keys.done(), every(7 * kDay), kNewKey, kNow, kNow + 15 * kDay);
  std::vector<std::pair<KeyDutyKind, UnixSeconds>> seen;
  for (const KeyDuty& duty : plan) seen.emplace_back(duty.kind, duty.at - kNow);
  using enum KeyDutyKind;
  const std::vector<std::pair<KeyDutyKind, UnixSeconds>> wanted{
      {kPublish, 7 * kDay - kLead},  {kActivate, 7 * kDay},  {kRetire, 7 * kDay + 960},
      {kPublish, 14 * kDay - kLead}, {kActivate, 14 * kDay}, {kRetire, 14 * kDay + 960}};
  EXPECT_EQ(seen, wanted);
}

TEST(KeyPlan, WhatIsOverdueHappensNow) {
  Keys keys;
  keys.add("k1", KeyStatus::kActive).activated_at = kNow - 100 * kDay;
  const auto plan = key_plan(keys.done(), every(7 * kDay), kNewKey, kNow, kNow + kDay);
  ASSERT_GE(plan.size(), 2u);
  EXPECT_EQ(plan[0].kind, KeyDutyKind::kPublish);
  EXPECT_EQ(plan[0].at, kNow);
  EXPECT_EQ(plan[1].kind, KeyDutyKind::kActivate);
  EXPECT_EQ(plan[1].at, kNow + kLead) << "late, but never before verifiers know it";
}

TEST(KeyDuties, APlanWaitsForALeadThatGrew) {
  Keys keys;
  keys.add("k1", KeyStatus::kActive);
  SigningKey& next = keys.add("k2", KeyStatus::kPending);
  next.terms.activate_at = next.created_at + kLead;
  next.terms.max_age_s = 5 * kDay;
  EXPECT_EQ(key_duties(keys.done(), every(0), kNewKey)[0].at, next.created_at + 5 * kDay + 120);
}

TEST(KeyPlan, AFarHorizonIsBounded) {
  Keys keys;
  for (int i = 0; i < 20; ++i) keys.add("k" + std::to_string(i), KeyStatus::kActive).dialect = "d" + std::to_string(i);
  const auto plan = key_plan(keys.done(), every(3600), kNewKey, kNow, kNow + 3650LL * kDay);
  EXPECT_LE(plan.size(), 1000u);
}

TEST(KeySchedule, WhatATenantSaysCountsBeforeTheConfiguration) {
  KeySchedule schedule = every(7 * kDay);
  schedule.rules = {{"acme", "ES256", 5 * kDay}};
  const auto period = [&](const TenantLimits& limits) {
    return schedule.period_of("acme", limits, JwsAlgorithm::kES256);
  };
  EXPECT_EQ(period({}), 5 * kDay);
  EXPECT_EQ(period({.key_rotation_s = 3 * kDay}), 3 * kDay);
  EXPECT_EQ(period({.key_rotation_off = true}), 0u);
  EXPECT_EQ(period({.key_rotation_s = 3 * kDay, .key_rotation_off = true}), 0u);
}

TEST(KeyDuties, ATenantOfItsOwnPeriodIsLookedAtByIt) {
  Keys keys;
  keys.add("k1", KeyStatus::kActive);
  keys.tenant->limits.key_rotation_s = 2 * kDay;
  const auto duties = key_duties(keys.done(), every(0), kNewKey);
  ASSERT_EQ(duties.size(), 1u);
  EXPECT_EQ(duties[0].at, kNow + 2 * kDay - kLead);
  keys.tenant->limits.key_rotation_off = true;
  EXPECT_TRUE(key_duties(keys.done(), every(7 * kDay), kNewKey).empty());
}

TEST(KeyPlan, AKeyThatIsMadeLaterKnowsTheTenantsLongestLifetime) {
  Keys keys;
  keys.add("k1", KeyStatus::kActive).terms.lifetime_s = 60;
  keys.tenant->limits.ttl_max_s = 60;
  const auto plan = key_plan(keys.done(), every(2 * kDay), kNewKey, kNow, kNow + 5 * kDay);
  std::vector<UnixSeconds> retired;
  for (const KeyDuty& duty : plan) {
    if (duty.kind == KeyDutyKind::kRetire) retired.push_back(duty.at);
  }
  ASSERT_EQ(retired.size(), 2u);
  EXPECT_EQ(retired[0], kNow + 2 * kDay + 60 + 60);
  EXPECT_EQ(retired[1], kNow + 4 * kDay + 60 + 60) << "one that was not there yet";
}

TEST(PublishedKeySteps, AreThoseOfTheKeySet) {
  Keys keys;
  keys.add("k1", KeyStatus::kActive);
  keys.add("k2", KeyStatus::kRetiring, JwsAlgorithm::kES256).terms.retiring_at = kNow - 10;
  keys.add("k3", KeyStatus::kPending, JwsAlgorithm::kES256).terms.activate_at = kNow + 5000;
  keys.add("k4", KeyStatus::kRetired, JwsAlgorithm::kES256).terms.retired_at = kNow;
  keys.add("h1", KeyStatus::kRetiring, JwsAlgorithm::kHS256).audience = "urn:rs";
  keys.add("d1", KeyStatus::kRetiring, JwsAlgorithm::kRS256).dialect = "vcloud";
  keys.done();
  const auto steps = published_key_steps(*keys.tenant, every(7 * kDay), kNewKey);
  // The withdrawal of k2, the activation of k3, the publication of a successor of k1; nothing else is seen there.
  EXPECT_EQ(steps, (std::vector<UnixSeconds>{kNow - 10 + 900 + 60, kNow + 5000, kNow + 7 * kDay - kLead}));
  EXPECT_TRUE(std::ranges::is_sorted(steps));
}

}  // namespace
}  // namespace signet
