// API tokens and what ends them from outside: revocations of client, subject and tenant, the removal of a client or
// tenant. They may never expire, so what ended one is never forgotten.
#include "tests/keystore/store/api_token_rig.h"

namespace signet::store {
namespace {

using Kind = StoreErrorKind;
using Verdict = ApiTokenVerdict;

constexpr UnixMs kDayMs = UnixMs{24} * 60 * 60 * 1000;

class ApiTokenRevocationTest : public ApiTokenTest {
 protected:
  void begin() {
    start();
    add_demo();
  }
  ApiToken of(std::string subject) {
    ApiToken token = token_row();
    token.subject = std::move(subject);
    return made(token);
  }
  RevocationOutcome revoked(RevocationKind kind, std::string value, UnixMs before = 0, uint32_t tenant = 0) {
    const auto outcome =
        revoke(*store_, {.tenant = tenant, .kind = kind, .value = std::move(value), .issued_before_ms = before});
    EXPECT_TRUE(outcome);
    return outcome.value_or(RevocationOutcome{});
  }
  void maintain() {
    for (int i = 0; i < 10; ++i) index_.maintain(store_->safe_time_ms() / 1000);
  }
};

TEST_F(ApiTokenRevocationTest, ARevocationEndsThoseOfBeforeAndNoneOfAfter) {
  begin();
  for (const auto& [kind, value] : std::vector<std::pair<RevocationKind, std::string>>{
           {RevocationKind::kClient, "client"}, {RevocationKind::kSubject, "alice"}, {RevocationKind::kTenant, ""}}) {
    const ApiToken before = of("alice");
    clock_.pass(1);
    revoked(kind, value);
    EXPECT_EQ(redeem(before), Verdict::kRevoked);
    clock_.pass(1);
    const ApiToken after = of("alice");
    EXPECT_EQ(redeem(after), Verdict::kValid);
  }
}

TEST_F(ApiTokenRevocationTest, IssuedBeforeGoesByTheCreation) {
  begin();
  const ApiToken first = of("alice");
  const UnixMs between = clock_.wall;
  clock_.pass(1);
  const ApiToken second = of("alice");
  clock_.pass(1000);
  revoked(RevocationKind::kClient, "client", between);
  EXPECT_EQ(redeem(first), Verdict::kRevoked) << "created then";
  EXPECT_EQ(redeem(second), Verdict::kValid) << "created a millisecond later";
}

TEST_F(ApiTokenRevocationTest, OthersStay) {
  begin();
  add_demo("other");
  const ApiToken alice = of("alice");
  clock_.pass(1);
  revoked(RevocationKind::kClient, "other");
  revoked(RevocationKind::kSubject, "bob");
  revoked(RevocationKind::kKey, "alice");
  revoked(RevocationKind::kTenant, "", 0, 1);
  EXPECT_EQ(redeem(alice), Verdict::kValid);
}

TEST_F(ApiTokenRevocationTest, InTheMillisecondOfARevocationNoneIsMade) {
  begin();
  of("alice");
  revoked(RevocationKind::kClient, "client");
  EXPECT_REFUSED(create(token_row()), Kind::kBusy);
  clock_.pass(1);
  EXPECT_EQ(redeem(of("alice")), Verdict::kValid);
}

// Of a family nothing is left after a year; an API token is still there.
TEST_F(ApiTokenRevocationTest, ACriterionThatConcernsOneIsNeverForgotten) {
  begin();
  const ApiToken alice = of("alice");
  const ApiToken own = of("client");
  clock_.pass(1);
  EXPECT_EQ(revoked(RevocationKind::kSubject, "alice").expires_at, kNeverExpires);
  EXPECT_EQ(revoked(RevocationKind::kSubject, "client").expires_at, kNeverExpires) << "its subject is its client";
  EXPECT_EQ(revoked(RevocationKind::kTenant, "").expires_at, kNeverExpires);
  EXPECT_EQ(revoked(RevocationKind::kClient, "client").expires_at, kNeverExpires);
  const RevocationOutcome other = revoked(RevocationKind::kSubject, "bob");
  EXPECT_LT(other.expires_at, clock_.wall / 1000 + 400 * 86400) << "concerns none";
  clock_.pass(800 * kDayMs);
  ASSERT_TRUE(put_last_used(*store_, {}));
  maintain();
  EXPECT_EQ(index_.issued_before(0, RevocationKind::kSubject, "bob"), 0);
  EXPECT_EQ(redeem(alice), Verdict::kRevoked);
  EXPECT_EQ(redeem(own), Verdict::kRevoked);
  restart();
  EXPECT_EQ(loaded_->revocations.size(), 4U) << "and is on record";
}

TEST_F(ApiTokenRevocationTest, ATimeThatIsGivenIsRaisedToo) {
  begin();
  of("client");
  clock_.pass(1);
  const auto outcome =
      revoke(*store_, {.kind = RevocationKind::kClient, .value = "client", .expires_at = clock_.wall / 1000 + 60});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->expires_at, kNeverExpires);
}

TEST_F(ApiTokenRevocationTest, TheyGoWithTheirClientInOneCommit) {
  begin();
  add_demo("other");
  std::vector<ApiToken> own;
  for (int i = 0; i < 20; ++i) own.push_back(of(i % 2 == 0 ? "client" : "alice"));
  ApiToken other = token_row();
  other.client_id = "other";
  other.subject = "alice";
  other = made(other);
  clock_.pass(1);
  const auto commit = store_->status().commit;
  ASSERT_TRUE(remove_client(*store_, "client"));
  EXPECT_EQ(store_->status().commit, commit + 1);
  size_t told = 0;
  for (const StoreChange& change : indexing_.changes) told += std::holds_alternative<ApiTokenRemoved>(change) ? 1 : 0;
  EXPECT_EQ(told, own.size());
  EXPECT_EQ(redeem(other), Verdict::kValid);
  for (const StoreChange& change : indexing_.changes) {
    if (const auto* put = std::get_if<RevocationPut>(&change)) {
      EXPECT_NE(put->row.revocation.expires_at, kNeverExpires) << "nothing is left that it concerns";
    }
  }
  clock_.pass(1);
  add_demo();  // of the same id
  for (const ApiToken& token : own) EXPECT_EQ(redeem(token), Verdict::kUnknown);
  restart();
  EXPECT_EQ(loaded_->api_tokens.size(), 1U);
  EXPECT_EQ(rows(Family::kFamilyNames), 2U) << "those of the other client";
}

TEST_F(ApiTokenRevocationTest, MoreThanFitOneCommitStayRevokedForGood) {
  begin();
  constexpr size_t kTokens = Store::kApiTokensRemovedAtOnce + 5;
  std::vector<ApiToken> own(kTokens, token_row());
  std::atomic<size_t> made{0};
  for (size_t i = 0; i < kTokens; ++i) {
    own[i].id[0] = static_cast<uint8_t>(i);
    own[i].id[1] = static_cast<uint8_t>(i >> 8);
    store_->create_api_token(std::nullopt, own[i], [&](const auto& done) { made += done ? 1 : 0; });
  }
  ASSERT_TRUE(barrier(*store_));
  ASSERT_EQ(made, kTokens);
  clock_.pass(1);
  ASSERT_TRUE(remove_client(*store_, "client"));
  clock_.pass(800 * kDayMs);
  add_demo();  // of the same id, years later
  maintain();
  std::map<Verdict, size_t> verdicts;
  for (const ApiToken& token : own) ++verdicts[redeem(token)];
  EXPECT_EQ(verdicts[Verdict::kUnknown], kTokens - 5);
  EXPECT_EQ(verdicts[Verdict::kRevoked], 5U);
  ASSERT_TRUE(remove_client(*store_, "client"));
  EXPECT_EQ(rows(Family::kApiTokens), 0U) << "the next removal takes more away";
}

// Both in one commit: the creation is queued first.
TEST_F(ApiTokenRevocationTest, OneThatIsMadeInTheCommitOfTheRemovalGoesToo) {
  begin();
  ASSERT_TRUE(barrier(*store_));
  const ApiToken token = token_row();
  std::promise<void> made, removed;
  store_->create_api_token(actor(), token, [&](const auto& done) {
    EXPECT_TRUE(done);
    made.set_value();
  });
  store_->remove_client(actor(), 0, "client", [&](const auto& done) {
    EXPECT_TRUE(done);
    removed.set_value();
  });
  made.get_future().wait();
  removed.get_future().wait();
  EXPECT_EQ(redeem(token), Verdict::kUnknown);
  EXPECT_EQ(rows(Family::kApiTokens), 0U);
}

TEST_F(ApiTokenRevocationTest, TheyGoWithTheirTenant) {
  start();
  const auto tenant = add_tenant(*store_, "acme");
  ASSERT_TRUE(tenant);
  add_demo();
  ASSERT_TRUE(add_client(*store_, client_of("client", tenant->number)));
  const ApiToken stays = of("alice");
  ApiToken goes = token_row();
  goes.tenant = tenant->number;
  goes.subject = "alice";
  goes = made(goes);
  ASSERT_TRUE(remove_tenant(*store_, "acme", true));
  EXPECT_EQ(redeem(goes), Verdict::kUnknown);
  EXPECT_EQ(redeem(stays), Verdict::kValid);
  restart();
  EXPECT_EQ(loaded_->api_tokens.size(), 1U);
  EXPECT_EQ(rows(Family::kFamilyNames), 2U);
}

}  // namespace
}  // namespace signet::store
