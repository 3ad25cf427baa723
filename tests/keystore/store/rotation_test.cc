// Every rule of refresh families, through a real store with a clock that the test sets.
#include "tests/keystore/store/rotation_rig.h"

namespace signet::store {
namespace {

using Verdict = RotationVerdict;

TEST_F(RotationTest, TheCurrentTokenRotatesAndGivesWhatWasGranted) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  TestRotation request;
  ask(request, first);
  store_->rotate_family(request);
  ASSERT_EQ(request.wait(), Verdict::kRotated);
  EXPECT_EQ(request.rotation.sequence, 2U);
  EXPECT_EQ(request.rotation.salt, request.salt);
  EXPECT_EQ(request.subject, "client");
  EXPECT_EQ(request.granted_scope, "a.read a.write");
  ASSERT_EQ(request.audiences.span().size(), 2U);
  EXPECT_EQ(request.audiences.span()[1], "https://rs.example");
  EXPECT_EQ(rotate(successor(request)), Verdict::kRotated);
}

TEST_F(RotationTest, ARotationIsDurableWhenItIsAnswered) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const auto commit = store_->status().commit;
  const RefreshToken second = advance(first);
  EXPECT_EQ(store_->status().commit, commit + 1);
  restart();
  EXPECT_EQ(stored(first).rotation.sequence, 2U);
  EXPECT_EQ(rotate(second), Verdict::kRotated);
}

TEST_F(RotationTest, ARetryInsideTheWindowGetsTheSameSuccessorAndWritesNothing) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken second = advance(first);
  clock_.pass(kGraceMs - 1);
  const auto commit = store_->status().commit;
  TestRotation retry;
  ask(retry, first);
  store_->rotate_family(retry);
  ASSERT_EQ(retry.wait(), Verdict::kRepeated);
  EXPECT_NE(retry.rotation.salt, retry.salt) << "the first one's";
  EXPECT_EQ(successor(retry).secret, second.secret);
  EXPECT_EQ(successor(retry).sequence, 2U);
  EXPECT_EQ(store_->status().commit, commit);
  EXPECT_EQ(rotate(second), Verdict::kRotated);
}

TEST_F(RotationTest, ReuseOutsideTheWindowRevokesTheFamilyInTheSameCommit) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken second = advance(first);
  clock_.pass(kGraceMs);
  const auto commit = store_->status().commit;
  EXPECT_EQ(rotate(first), Verdict::kReused);
  EXPECT_EQ(store_->status().commit, commit + 1);
  EXPECT_EQ(stored(first).status, FamilyStatus::kRevoked);
  const FamilyName name = family_name_of(first.family);
  EXPECT_TRUE(index_.contains(0, RevocationKind::kFamily, name.text())) << "published";
  EXPECT_EQ(rotate(second), Verdict::kRevoked);
  EXPECT_EQ(rotate(first), Verdict::kRevoked);
}

TEST_F(RotationTest, ReuseIsPublishedBeforeItIsAnswered) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  advance(first);
  clock_.pass(kGraceMs);
  rotate(first);
  ASSERT_FALSE(indexing_.changes.empty());
  const auto* put = std::get_if<RevocationPut>(&indexing_.changes.back());
  ASSERT_NE(put, nullptr);
  EXPECT_EQ(put->row.revocation.kind, RevocationKind::kFamily);
  EXPECT_EQ(put->row.sequence, 1U);
  EXPECT_GT(put->row.revocation.expires_at, clock_.wall / 1000 + 86400);
}

TEST_F(RotationTest, AFamilyEndedByReuseStaysEndedOverARestart) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken second = advance(first);
  clock_.pass(kGraceMs);
  EXPECT_EQ(rotate(first), Verdict::kReused);
  restart();
  EXPECT_EQ(rotate(second), Verdict::kRevoked);
}

TEST_F(RotationTest, AnyOlderTokenIsReuseEvenInsideTheWindow) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken fourth = advance(advance(advance(first)));
  EXPECT_EQ(fourth.sequence, 4U);
  EXPECT_EQ(rotate(first), Verdict::kReused);
  EXPECT_EQ(rotate(fourth), Verdict::kRevoked);
}

TEST_F(RotationTest, TwoBackInsideTheWindowIsRefusedAndTheFamilyLives) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken third = advance(advance(first));
  const auto commit = store_->status().commit;
  EXPECT_EQ(rotate(first), Verdict::kOvertaken);
  EXPECT_EQ(store_->status().commit, commit);
  EXPECT_EQ(rotate(third), Verdict::kRotated);
}

TEST_F(RotationTest, TwoBackIsReuseOnceTheEarlierRotationIsOld) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  const RefreshToken second = advance(first);
  clock_.pass(kGraceMs - 1);
  const RefreshToken third = advance(second);
  clock_.pass(1);
  EXPECT_EQ(rotate(first), Verdict::kReused);
  EXPECT_EQ(rotate(third), Verdict::kRevoked);
}

TEST_F(RotationTest, AWrongSecretChangesNothing) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  RefreshToken wrong = first;
  wrong.secret[0] ^= 1;
  const auto commit = store_->status().commit;
  EXPECT_EQ(rotate(wrong), Verdict::kWrongSecret);
  EXPECT_EQ(store_->status().commit, commit);
  EXPECT_EQ(stored(first).status, FamilyStatus::kLive);
  EXPECT_EQ(rotate(first), Verdict::kRotated);
}

TEST_F(RotationTest, AWrongClientChangesNothingEvenWithAnOldToken) {
  start();
  add_demo();
  add_demo("other");
  const RefreshToken first = make_family();
  const RefreshToken fourth = advance(advance(advance(first)));
  for (const RefreshToken& token : {first, fourth}) {
    TestRotation request;
    ask(request, token);
    request.client_id = "other";
    store_->rotate_family(request);
    EXPECT_EQ(request.wait(), Verdict::kOtherClient);
  }
  EXPECT_EQ(rotate(fourth), Verdict::kRotated);
}

TEST_F(RotationTest, AFamilyOfAnotherTenantIsUnknown) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  ASSERT_TRUE(add_tenant(*store_, "acme"));
  TestRotation request;
  ask(request, first);
  request.tenant = 1;
  store_->rotate_family(request);
  EXPECT_EQ(request.wait(), Verdict::kUnknownFamily);
}

TEST_F(RotationTest, ASequenceAboveTheRowsIsARollBackAndChangesNothing) {
  start();
  add_demo();
  RefreshToken token = make_family();
  const auto commit = store_->status().commit;
  token.sequence = 2;
  EXPECT_EQ(rotate(token), Verdict::kRolledBack);
  EXPECT_EQ(store_->status().commit, commit);
  EXPECT_EQ(stored(token).status, FamilyStatus::kLive);
}

TEST_F(RotationTest, ScopeMayShrinkAndNeverGrow) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  TestRotation less;
  ask(less, first);
  less.scope = "a.read";
  store_->rotate_family(less);
  ASSERT_EQ(less.wait(), Verdict::kRotated);
  EXPECT_EQ(less.granted_scope, "a.read a.write") << "the family keeps its own";
  TestRotation all;
  ask(all, successor(less));
  all.scope = "a.write a.read";
  store_->rotate_family(all);
  ASSERT_EQ(all.wait(), Verdict::kRotated);
  const RefreshToken third = successor(all);
  TestRotation more;
  ask(more, third);
  more.scope = "a.read b.read";
  const auto commit = store_->status().commit;
  store_->rotate_family(more);
  EXPECT_EQ(more.wait(), Verdict::kScope);
  EXPECT_EQ(store_->status().commit, commit) << "no rotation";
  EXPECT_EQ(rotate(third), Verdict::kRotated);
}

TEST_F(RotationTest, AudiencesMayShrinkAndNeverGrow) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  TestRotation foreign;
  ask(foreign, first);
  foreign.resources.add("urn:demo");
  foreign.resources.add("urn:other");
  store_->rotate_family(foreign);
  EXPECT_EQ(foreign.wait(), Verdict::kTarget);
  TestRotation less;
  ask(less, first);
  less.resources.add("https://rs.example");
  store_->rotate_family(less);
  EXPECT_EQ(less.wait(), Verdict::kRotated);
}

TEST_F(RotationTest, ARetryIsNarrowedAnew) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  advance(first);
  TestRotation retry;
  ask(retry, first);
  retry.scope = "b.read";
  store_->rotate_family(retry);
  EXPECT_EQ(retry.wait(), Verdict::kScope);
  TestRotation again;
  ask(again, first);
  again.scope = "a.write";
  store_->rotate_family(again);
  EXPECT_EQ(again.wait(), Verdict::kRepeated);
}

TEST_F(RotationTest, AnUnusedFamilyExpires) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  clock_.pass(int64_t{kIdleS} * 1000 - 1000);
  const RefreshToken second = advance(first);
  clock_.pass(int64_t{kIdleS} * 1000);
  EXPECT_EQ(rotate(second), Verdict::kExpired) << "at the second, not after it";
}

TEST_F(RotationTest, AFamilyInUseExpiresToo) {
  start();
  add_demo();
  RefreshToken token = make_family();
  const UnixSeconds end = clock_.wall / 1000 + kAbsoluteS;
  while (clock_.wall / 1000 + kIdleS - 1 < end) {
    clock_.pass(int64_t{kIdleS - 1} * 1000);
    token = advance(token);
  }
  EXPECT_EQ(stored(token).idle_expires_at, end) << "never beyond the absolute one";
  clock_.pass((end - clock_.wall / 1000) * 1000);
  EXPECT_EQ(rotate(token), Verdict::kExpired);
}

TEST_F(RotationTest, ADisabledClientGetsNothingUntilItIsEnabled) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  ASSERT_TRUE(update_client(*store_, "client", {.flags_set = kClientDisabled, .what = "client.disable"}));
  const auto commit = store_->status().commit;
  EXPECT_EQ(rotate(first), Verdict::kClientGone);
  EXPECT_EQ(store_->status().commit, commit);
  ASSERT_TRUE(update_client(*store_, "client", {.flags_clear = kClientDisabled, .what = "client.enable"}));
  EXPECT_EQ(rotate(first), Verdict::kRotated);
}

TEST_F(RotationTest, ARemovedClientsFamiliesAreOver) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  ASSERT_TRUE(remove_client(*store_, "client"));
  EXPECT_EQ(rotate(first), Verdict::kClientGone);
}

TEST_F(RotationTest, EveryRevocationThatConcernsTheFamilyEndsIt) {
  start();
  add_demo();
  const std::string sid(family_name_of(make_family().family).text());
  const std::vector<Revocation> all = {
      {.kind = RevocationKind::kFamily, .value = "set below"},
      {.kind = RevocationKind::kSubject, .value = "somebody", .issued_before_ms = clock_.wall},
      {.kind = RevocationKind::kClient, .value = "client", .issued_before_ms = clock_.wall},
      {.kind = RevocationKind::kTenant, .issued_before_ms = clock_.wall},
  };
  for (Revocation revocation : all) {
    const RefreshToken first = first_token();
    RefreshFamily row = family_row(first);
    row.created_ms = revocation.issued_before_ms == 0 ? clock_.wall.load() : revocation.issued_before_ms;
    row.subject = "somebody";
    ASSERT_TRUE(create(row));
    if (revocation.kind == RevocationKind::kFamily) revocation.value = family_name_of(first.family).text();
    revocation.expires_at = clock_.wall / 1000 + 86400;
    ASSERT_TRUE(wait<RevocationOutcome>([&](auto done) { store_->revoke(actor(), revocation, done); }));
    EXPECT_EQ(rotate(first), Verdict::kRevoked) << revocation_kind_name(revocation.kind);
    clock_.pass(10);  // the next family is younger than this criterion
  }
}

TEST_F(RotationTest, AFamilyMadeAfterTheCriterionLives) {
  start();
  add_demo();
  const Revocation revocation{.kind = RevocationKind::kClient,
                              .value = "client",
                              .issued_before_ms = clock_.wall,
                              .expires_at = clock_.wall / 1000 + 86400};
  ASSERT_TRUE(wait<RevocationOutcome>([&](auto done) { store_->revoke(actor(), revocation, done); }));
  clock_.pass(1);
  EXPECT_EQ(rotate(make_family()), Verdict::kRotated);
}

TEST_F(RotationTest, AClosedStoreSaysNothingAboutTheToken) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  store_->close();
  EXPECT_EQ(rotate(first), Verdict::kUnavailable);
  EXPECT_FALSE(store_->find_family(0, first.family));
  EXPECT_FALSE(store_->list_families({}));
}

TEST_F(RotationTest, AFullQueueSaysNothingAboutTheToken) {
  options_.queue_max = 0;
  start();
  EXPECT_EQ(rotate(first_token()), Verdict::kBusy);
}

TEST_F(RotationTest, ReuseIsAuditedAndARotationIsNot) {
  start();
  add_demo();
  const RefreshToken first = make_family();
  advance(first);
  clock_.pass(kGraceMs);
  EXPECT_EQ(rotate(first), Verdict::kReused);
  EXPECT_EQ(audit_records(), 3U) << "client.add, family.create, family.reused";
}

}  // namespace
}  // namespace signet::store
