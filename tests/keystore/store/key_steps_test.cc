// The life of a key in the store: every step with the one before it still to be seen, and none that a rule forbids.
#include "tests/keystore/store/fake_clock.h"
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

using Kind = StoreErrorKind;
using enum JwsAlgorithm;
using Step = KeyStep::Kind;
constexpr int64_t kLeadMs = (900 + 60 + 60) * 1000LL;

class KeyStepsTest : public StoreTest {
 protected:
  void SetUp() override {
    seams_.clock = &clock_;
    options_.revocations = nullptr;
    open();
  }
  std::expected<KeyStepDone, StoreError> step(KeyStep step) {
    return wait<KeyStepDone>([&](auto done) { store_->step_key(actor(), std::move(step), done); });
  }
  std::expected<KeyStepDone, StoreError> step(Step kind, const std::string& kid, const KeyOverrides& overrides = {}) {
    return step({.kind = kind, .kid = kid, .overrides = overrides});
  }
  std::expected<void, StoreError> bounds(uint32_t max_age_s, uint32_t lifetime_s) {
    return wait<void>([&](auto done) { store_->raise_key_bounds(actor(), {max_age_s, lifetime_s}, done); });
  }
  KeyRow add(const std::string& kid, KeyStatus status, JwsAlgorithm algorithm = kEdDSA) {
    KeyRow row = key_of(kid, algorithm, status);
    row.terms = {.max_age_s = 300, .lifetime_s = 900};
    auto added = signet::store::add_key(*store_, row);
    EXPECT_TRUE(added) << added.error().text;
    return added.value_or(KeyRow{});
  }
  KeyRow stored(const std::string& kid) {
    reopen();
    for (const KeyRow& row : loaded_->keys) {
      if (row.kid == kid) return row;
    }
    ADD_FAILURE() << "there is no key " << kid;
    return {};
  }
  UnixSeconds now_s() const { return clock_.wall / 1000; }

  FakeClock clock_;
};

TEST_F(KeyStepsTest, AnActivationRetiresTheOneBeforeInTheSameCommit) {
  add("k1", KeyStatus::kActive);
  add("k2", KeyStatus::kPending);
  clock_.pass(kLeadMs);
  const uint64_t commits = store_->status().commit;
  const auto done = step(Step::kActivate, "k2");
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(store_->status().commit, commits + 1);
  EXPECT_EQ(done->key.kid, "k2");
  ASSERT_TRUE(done->other);
  EXPECT_EQ(done->other->kid, "k1");
  const KeyRow before = stored("k1");
  EXPECT_EQ(before.status, KeyStatus::kRetiring);
  EXPECT_EQ(before.terms.retiring_at, now_s());
  EXPECT_TRUE(before.sealed_private.empty()) << "the private half is erased";
  EXPECT_FALSE(before.public_jwk.empty());
  const KeyRow after = stored("k2");
  EXPECT_EQ(after.status, KeyStatus::kActive);
  EXPECT_EQ(after.activated_at, now_s());
  EXPECT_FALSE(after.sealed_private.empty());
}

TEST_F(KeyStepsTest, AnActivationBeforeItsLeadIsRefusedAndChangesNothing) {
  add("k1", KeyStatus::kActive);
  add("k2", KeyStatus::kPending);
  clock_.pass(kLeadMs - 1000);
  const uint64_t commits = store_->status().commit;
  EXPECT_REFUSED(step(Step::kActivate, "k2"), Kind::kInvalid);
  EXPECT_EQ(store_->status().commit, commits);
  EXPECT_EQ(stored("k1").status, KeyStatus::kActive);
  EXPECT_EQ(stored("k2").status, KeyStatus::kPending);
  EXPECT_TRUE(step(Step::kActivate, "k2", {.before_verifiers_know = true}));
}

TEST_F(KeyStepsTest, AClockThatRunsAheadActivatesNothing) {
  add("k1", KeyStatus::kActive);
  add("k2", KeyStatus::kPending);
  clock_.jump(kLeadMs + 1000);
  EXPECT_REFUSED(step(Step::kActivate, "k2"), Kind::kInvalid);
  clock_.pass(kLeadMs);
  EXPECT_TRUE(step(Step::kActivate, "k2"));
}

TEST_F(KeyStepsTest, ALongerMaxAgeLengthensTheLeadOfAPendingKey) {
  add("k1", KeyStatus::kActive);
  add("k2", KeyStatus::kPending);
  ASSERT_TRUE(bounds(7200, 900));
  EXPECT_EQ(stored("k2").terms.max_age_s, 7200u);
  clock_.pass(kLeadMs);
  EXPECT_REFUSED(step(Step::kActivate, "k2"), Kind::kInvalid);
  ASSERT_TRUE(bounds(300, 900));
  EXPECT_EQ(stored("k2").terms.max_age_s, 7200u) << "what was cached is not cached for less";
  clock_.pass(7200'000);
  EXPECT_TRUE(step(Step::kActivate, "k2"));
}

TEST_F(KeyStepsTest, ACopyTakenBeforeThePublicationCounts) {
  ASSERT_TRUE(bounds(7200, 900));
  ASSERT_TRUE(bounds(300, 900));
  EXPECT_EQ(add("k1", KeyStatus::kPending).terms.max_age_s, 7200u)
      << "somebody may have one that is good for two hours";
  clock_.pass(7201'000);
  EXPECT_EQ(add("k2", KeyStatus::kPending).terms.max_age_s, 300u);
}

TEST_F(KeyStepsTest, ServedMaxAgesAreKnownAfterARestart) {
  ASSERT_TRUE(bounds(7200, 900));
  reopen();
  ASSERT_TRUE(bounds(300, 900));
  reopen();
  EXPECT_EQ(add("k1", KeyStatus::kPending).terms.max_age_s, 7200u);
}

TEST_F(KeyStepsTest, APlanIsKeptAndNeverBeforeTheLead) {
  const KeyRow key = add("k2", KeyStatus::kPending);
  const auto planned = step(Step::kPlan, "k2");
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->key.terms.activate_at, key.created_at + 1020);
  EXPECT_REFUSED(step({.kind = Step::kPlan, .kid = "k2", .at = key.created_at + 1019}), Kind::kInvalid);
  ASSERT_TRUE(step({.kind = Step::kPlan, .kid = "k2", .at = key.created_at + 5000}));
  EXPECT_EQ(stored("k2").terms.activate_at, key.created_at + 5000);
}

TEST_F(KeyStepsTest, AKeyRetiresAfterItsTail) {
  add("k1", KeyStatus::kActive);
  EXPECT_REFUSED(step(Step::kRetire, "k1"), Kind::kInvalid);
  EXPECT_REFUSED(step(Step::kRetire, "k1", {.while_tokens_live = true}), Kind::kInvalid);
  EXPECT_REFUSED(step(Step::kStop, "k1"), Kind::kInvalid);
  ASSERT_TRUE(step(Step::kStop, "k1", {.leave_without_key = true}));
  EXPECT_TRUE(stored("k1").sealed_private.empty());
  EXPECT_REFUSED(step(Step::kStop, "k1", {.leave_without_key = true}), Kind::kConflict);
  clock_.pass((900 + 60) * 1000 - 1000);
  EXPECT_REFUSED(step(Step::kRetire, "k1"), Kind::kInvalid);
  clock_.pass(1000);
  ASSERT_TRUE(step(Step::kRetire, "k1"));
  EXPECT_EQ(stored("k1").terms.retired_at, now_s());
  EXPECT_REFUSED(step(Step::kActivate, "k1", {.before_verifiers_know = true}), Kind::kInvalid);
  ASSERT_TRUE(step(Step::kDestroy, "k1"));
  EXPECT_EQ(stored("k1").status, KeyStatus::kDestroyed);
}

TEST_F(KeyStepsTest, ALongerLifetimeLengthensTheTail) {
  add("k1", KeyStatus::kActive);
  ASSERT_TRUE(bounds(300, 3600));
  ASSERT_TRUE(bounds(300, 60));
  ASSERT_TRUE(step(Step::kStop, "k1", {.leave_without_key = true}));
  clock_.pass((900 + 60) * 1000);
  EXPECT_REFUSED(step(Step::kRetire, "k1"), Kind::kInvalid);
  clock_.pass(2700 * 1000);
  EXPECT_TRUE(step(Step::kRetire, "k1"));
}

TEST_F(KeyStepsTest, AKeyThatNeverSignedRetiresAtOnce) {
  add("k2", KeyStatus::kPending);
  ASSERT_TRUE(step(Step::kRetire, "k2"));
  EXPECT_TRUE(stored("k2").sealed_private.empty());
}

TEST_F(KeyStepsTest, AnHmacKeyKeepsItsSecretUntilItIsRetired) {
  add("h1", KeyStatus::kActive, kHS256);
  add("h2", KeyStatus::kPending, kHS256);
  EXPECT_REFUSED(step(Step::kPlan, "h2"), Kind::kInvalid);
  ASSERT_TRUE(step(Step::kExported, "h2"));
  clock_.pass(60'000);
  ASSERT_TRUE(step(Step::kActivate, "h2"));
  EXPECT_FALSE(stored("h1").sealed_private.empty());
  clock_.pass(960'000);
  ASSERT_TRUE(step(Step::kRetire, "h1"));
  EXPECT_TRUE(stored("h1").sealed_private.empty());
}

TEST_F(KeyStepsTest, AWithdrawalRevokesAndLetsTheSuccessorSign) {
  add("k1", KeyStatus::kActive);
  add("k2", KeyStatus::kPending);
  clock_.pass(5000);
  const auto done = step({.kind = Step::kWithdraw, .kid = "k1", .successor = "k2"});
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(done->key.status, KeyStatus::kRetired);
  EXPECT_EQ(done->revoked_before_ms, clock_.wall);
  ASSERT_TRUE(done->other);
  EXPECT_EQ(done->other->status, KeyStatus::kActive);
  EXPECT_TRUE(stored("k1").sealed_private.empty());
  ASSERT_EQ(loaded_->revocations.size(), 1u);
  EXPECT_EQ(loaded_->revocations[0].kind, RevocationKind::kKey);
  EXPECT_EQ(loaded_->revocations[0].value, "k1");
  EXPECT_EQ(loaded_->revocations[0].issued_before_ms, clock_.wall + 60'000) << "a worker may still sign for a moment";
  EXPECT_REFUSED(step({.kind = Step::kWithdraw, .kid = "k1"}), Kind::kConflict);
}

TEST_F(KeyStepsTest, AWithdrawalIsNeverRefusedForItsSuccessor) {
  add("k1", KeyStatus::kActive);
  add("k2", KeyStatus::kPending, kES256);
  const auto done = step({.kind = Step::kWithdraw, .kid = "k1", .successor = "k2"});
  ASSERT_TRUE(done) << "k2 is of another place";
  EXPECT_FALSE(done->other);
  EXPECT_EQ(stored("k1").status, KeyStatus::kRetired);
  EXPECT_EQ(stored("k2").status, KeyStatus::kPending);
  EXPECT_TRUE(step({.kind = Step::kWithdraw, .kid = "k2", .successor = "none"}));
}

TEST_F(KeyStepsTest, AClockThatIsBehindShortensNoLeadAndNoTail) {
  add("k1", KeyStatus::kActive);
  clock_.jump(-50 * 60'000);
  add("k2", KeyStatus::kPending);
  ASSERT_TRUE(step(Step::kStop, "k1", {.leave_without_key = true}));
  clock_.jump(50 * 60'000);  // set right
  EXPECT_REFUSED(step(Step::kActivate, "k2"), Kind::kInvalid);
  EXPECT_REFUSED(step(Step::kRetire, "k1"), Kind::kInvalid);
  clock_.pass(kLeadMs);
  EXPECT_TRUE(step(Step::kActivate, "k2"));
  EXPECT_TRUE(step(Step::kRetire, "k1"));
}

TEST_F(KeyStepsTest, UnknownKeysAreNotFound) {
  for (const Step kind :
       {Step::kPlan, Step::kActivate, Step::kStop, Step::kRetire, Step::kWithdraw, Step::kDestroy, Step::kExported}) {
    EXPECT_REFUSED(step(kind, "none"), Kind::kNotFound);
  }
}

TEST_F(KeyStepsTest, AnOverriddenRuleIsInTheAuditLog) {
  add("k1", KeyStatus::kActive);
  add("k2", KeyStatus::kPending);
  ASSERT_TRUE(step(Step::kActivate, "k2", {.before_verifiers_know = true}));
  const auto page = wait<AuditPage>([&](auto done) { store_->read_audit({.what = "key.activate"}, done); });
  ASSERT_TRUE(page);
  ASSERT_EQ(page->records.size(), 1u);
  EXPECT_NE(page->records[0].after.find(R"("overridden":"before_verifiers_know")"), std::string::npos);
}

}  // namespace
}  // namespace signet::store
