// What a restored store must not revive, and what an override revives.
#include "keystore/store/store_backup.h"
#include "tests/keystore/store/api_token_rig.h"

namespace signet::store {
namespace {

class RestoreTest : public ApiTokenTest {
 protected:
  void SetUp() override {
    start();
    add_demo();
  }
  // As after the start that follows a restore.
  RestorePoint restore(RestoreRules rules = {}) {
    const auto done = wait<RestorePoint>([&](auto told) { store_->finish_restore(actor(), rules, told); });
    EXPECT_TRUE(done) << done.error().text;
    restart();
    index_.set_restore_point(done.value_or(RestorePoint{}));
    clock_.wall += 1000;
    return done.value_or(RestorePoint{});
  }
  void revoke(Revocation revocation) {
    const auto done = wait<RevocationOutcome>([&](auto told) { store_->revoke(actor(), revocation, told); });
    ASSERT_TRUE(done) << done.error().text;
    clock_.wall += 1000;
  }
  bool access_token_revoked(UnixMs issued_ms) const {
    return index_.revoked({.client_id = "client", .subject = "client", .issued_ms = issued_ms});
  }
  auto accept() {
    const auto done = wait<void>([&](auto told) { store_->accept_restored_tokens(actor(), told); });
    index_.accept_api_tokens();
    return done;
  }
  static constexpr RestoreRules kReviveFamilies{.revive_tokens = false, .revive_families = true};
};

TEST_F(RestoreTest, EndsEveryTokenAndFamilyOfBeforeAndNoneOfAfter) {
  const RefreshToken before = make_family();
  const UnixMs issued_ms = clock_.wall;
  const RestorePoint point = restore();
  EXPECT_GE(point.at_ms, issued_ms);
  EXPECT_EQ(rotate(before), RotationVerdict::kRevoked);
  EXPECT_TRUE(access_token_revoked(issued_ms));
  EXPECT_FALSE(access_token_revoked(clock_.wall));
  EXPECT_EQ(rotate(make_family()), RotationVerdict::kRotated);
}

TEST_F(RestoreTest, EndsFamiliesWhenTheTenantsEntryIsLongForgotten) {
  const RefreshToken before = make_family();
  const RestorePoint point = restore();
  RevocationIndex forgotten{domain_};
  forgotten.set_restore_point(point);
  EXPECT_TRUE(forgotten.revoked({.of = CredentialKind::kFamily, .issued_ms = point.at_ms}));
  EXPECT_FALSE(forgotten.revoked({.of = CredentialKind::kFamily, .issued_ms = point.at_ms + 1}));
  EXPECT_FALSE(forgotten.revoked({.of = CredentialKind::kApiToken, .issued_ms = point.at_ms}));
  EXPECT_EQ(rotate(before), RotationVerdict::kRevoked);
}

TEST_F(RestoreTest, SuspendsApiTokensUntilTheyAreAccepted) {
  const ApiToken before = made();
  restore();
  EXPECT_EQ(redeem(before), ApiTokenVerdict::kSuspended);
  EXPECT_TRUE(index_.api_token_suspended(before.created_ms));
  const ApiToken after = made();
  EXPECT_EQ(redeem(after), ApiTokenVerdict::kValid);
  restart();
  EXPECT_EQ(redeem(before), ApiTokenVerdict::kSuspended) << "a restart accepts nothing";
  EXPECT_TRUE(accept());
  EXPECT_EQ(redeem(before), ApiTokenVerdict::kValid);
  restart();
  EXPECT_EQ(redeem(before), ApiTokenVerdict::kValid);
}

TEST_F(RestoreTest, AcceptingTwiceIsOnRecordOnce) {
  restore();
  EXPECT_TRUE(accept());
  EXPECT_TRUE(accept());
  // The client, the restore, the acceptance.
  EXPECT_EQ(audit_records(), 3U);
}

TEST_F(RestoreTest, RevivedFamiliesAndApiTokensLiveOnBesideRevokedAccessTokens) {
  const RefreshToken family = make_family();
  const ApiToken token = made();
  const UnixMs issued_ms = clock_.wall;
  restore(kReviveFamilies);
  EXPECT_TRUE(access_token_revoked(issued_ms));
  EXPECT_EQ(rotate(family), RotationVerdict::kRotated);
  EXPECT_EQ(redeem(token), ApiTokenVerdict::kValid);
}

TEST_F(RestoreTest, RevivedAccessTokensLiveOnBesideEndedFamilies) {
  const RefreshToken family = make_family();
  const ApiToken token = made();
  restore({.revive_tokens = true, .revive_families = false});
  EXPECT_FALSE(access_token_revoked(clock_.wall - 1000));
  EXPECT_EQ(rotate(family), RotationVerdict::kRevoked);
  EXPECT_EQ(redeem(token), ApiTokenVerdict::kSuspended);
}

TEST_F(RestoreTest, NothingThatWasRevokedInTheBackupIsRevived) {
  const RefreshToken family = make_family();
  const ApiToken token = made();
  revoke({.kind = RevocationKind::kTenant});
  const RefreshToken later = make_family();
  restore(kReviveFamilies);
  EXPECT_EQ(rotate(family), RotationVerdict::kRevoked) << "what the restore's entry replaced still speaks of grants";
  EXPECT_EQ(redeem(token), ApiTokenVerdict::kRevoked);
  EXPECT_EQ(rotate(later), RotationVerdict::kRotated);
  restore(kReviveFamilies);
  EXPECT_EQ(rotate(family), RotationVerdict::kRevoked) << "after a second restore too";
  EXPECT_EQ(redeem(token), ApiTokenVerdict::kRevoked);
}

TEST_F(RestoreTest, RevivedGrantsCanBeRevokedLikeOthers) {
  const RefreshToken family = make_family();
  const RefreshToken other = make_family();
  const ApiToken token = made();
  restore(kReviveFamilies);
  const auto ended =
      wait<RevocationOutcome>([&](auto told) { store_->revoke_family(actor(), 0, other.family, "client", told); });
  ASSERT_TRUE(ended);
  EXPECT_EQ(rotate(other), RotationVerdict::kRevoked);
  EXPECT_EQ(rotate(family), RotationVerdict::kRotated);
  revoke({.kind = RevocationKind::kTenant});
  EXPECT_EQ(redeem(token), ApiTokenVerdict::kRevoked);
  const RefreshToken young = advance(make_family());
  revoke({.kind = RevocationKind::kClient, .value = "client"});
  EXPECT_EQ(rotate(young), RotationVerdict::kRevoked);
}

TEST_F(RestoreTest, ConcernsEveryTenant) {
  const auto tenant = wait<TenantRow>([&](auto told) { store_->add_tenant(actor(), "acme", told); });
  ASSERT_TRUE(tenant);
  const UnixMs issued_ms = clock_.wall;
  restore();
  EXPECT_TRUE(index_.revoked({.tenant = tenant->number, .client_id = "c", .issued_ms = issued_ms}));
}

TEST_F(RestoreTest, TheTimeSinceTheBackupIsNoJump) {
  clock_.wall += 48 * 3'600'000LL;
  restore();
  EXPECT_FALSE(store_->status().clock_jumped);
  EXPECT_NE(store_->status().restored_ms, 0);
}

TEST_F(RestoreTest, AClockThatIsBehindTheBackupEndsAllOfItStill) {
  const RefreshToken before = make_family();
  const UnixMs issued_ms = clock_.wall;
  clock_.wall -= 600'000;
  const RestorePoint point = restore();
  EXPECT_GE(point.at_ms, issued_ms);
  EXPECT_EQ(rotate(before), RotationVerdict::kRevoked);
}

TEST_F(RestoreTest, FollowersOfTheFeedBeginAnew) {
  const auto epoch = [&] {
    store_->close();
    const auto database = Database::open_read_only(data() + "/store", nullptr);
    const auto value = (*database)->get(Family::kMeta, row_key(kNoTenant, kStateName));
    const uint64_t number = decode_state(**value)->feed_epoch;
    return number;
  };
  const uint64_t before = epoch();
  start();
  EXPECT_TRUE(wait<RestorePoint>([&](auto told) { store_->finish_restore(actor(), {}, told); }));
  EXPECT_NE(epoch(), before);
}

}  // namespace
}  // namespace signet::store
