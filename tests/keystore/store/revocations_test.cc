// Revoking in the store: the rules of each entry, what goes with it in its commit, and when it goes.
#include <set>

#include "keystore/store/audit_chain.h"
#include "keystore/store/database.h"
#include "keystore/store/keys.h"
#include "keystore/store/records.h"
#include "keystore/store/rows.h"
#include "tests/keystore/store/fake_clock.h"
#include "tests/keystore/store/indexing_listener.h"
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

using enum RevocationKind;
constexpr UnixSeconds kDay = 24 * 60 * 60;
constexpr UnixSeconds kYear = 365 * kDay;

class RevocationsTest : public StoreTest {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(digest_start()); }
  void SetUp() override {
    options_.listener = &indexing_;
    options_.revocations = &index_;
    seams_.clock = &clock_;
    open();
  }

  UnixMs now_ms() const { return clock_.wall; }
  UnixSeconds now() const { return clock_.wall / 1000; }
  Revocation token(std::string jti, std::string client_id = "") const {
    return {.kind = kToken, .value = std::move(jti), .expires_at = now() + 900, .client_id = std::move(client_id)};
  }
  // "what subject" of every audit record, oldest first; the store must be closed.
  std::vector<records::AuditRecord> audit() {
    store_->close();
    auto database = Database::open({.path = data() + "/store"});
    std::vector<records::AuditRecord> out;
    EXPECT_TRUE((*database)->scan(Family::kAudit, {}, {}, [&](auto, auto value) {
      records::AuditRow row;
      records::AuditRecord record;
      EXPECT_TRUE(row.ParseFromArray(value.data(), static_cast<int>(value.size())));
      EXPECT_TRUE(record.ParseFromString(row.record()));
      out.push_back(record);
      return true;
    }));
    return out;
  }
  size_t rows(Database& database, Family family) {
    size_t count = 0;
    EXPECT_TRUE(database.scan(family, {}, {}, [&](auto, auto) { return ++count != 0; }));
    return count;
  }
  std::vector<Revocation> published() const {
    std::vector<Revocation> out;
    for (const StoreChange& change : indexing_.changes) {
      if (const auto* put = std::get_if<RevocationPut>(&change)) out.push_back(put->row.revocation);
    }
    return out;
  }

  FakeClock clock_;
  QuiescentDomain domain_;
  RevocationIndex index_{domain_};
  IndexingListener indexing_{index_};
};

TEST_F(RevocationsTest, RefusesWhatSaysNothingOrTooMuch) {
  for (const Revocation& bad : {
           Revocation{},
           Revocation{.kind = static_cast<RevocationKind>(8), .value = "x"},
           Revocation{.kind = kToken},
           Revocation{.kind = kClient},
           Revocation{.kind = kTenant, .value = "x"},
           Revocation{.kind = kSubject, .value = std::string(kRevocationValueMax + 1, 's')},
           Revocation{.kind = kToken, .value = "x", .issued_before_ms = 5},
           Revocation{.kind = kFamily, .value = "x", .issued_before_ms = now_ms()},
           Revocation{.kind = kClient, .value = "x", .issued_before_ms = -1},
           Revocation{.kind = kClient, .value = "x", .issued_before_ms = now_ms() + 1},
           Revocation{.kind = kClient, .value = "x", .issued_before_ms = now_ms() - (kYear + kDay) * 1000},
           Revocation{.kind = kToken, .value = "x", .expires_at = now() - kDay},
       }) {
    EXPECT_REFUSED(revoke(*store_, bad), StoreErrorKind::kInvalid);
  }
  EXPECT_TRUE(published().empty());
  EXPECT_TRUE(list_revocations(*store_, {})->rows.empty());
}

TEST_F(RevocationsTest, EachKindIsRememberedForAsLongAsItMatters) {
  const auto expires = [&](Revocation revocation) { return revoke(*store_, std::move(revocation))->expires_at; };
  EXPECT_EQ(expires({.kind = kToken, .value = "t", .expires_at = now() + 5}), now() + 5) << "the token's own end";
  EXPECT_EQ(expires({.kind = kToken, .value = "jti"}), now() + kDay);
  EXPECT_EQ(expires({.kind = kTokenHash, .value = "hash"}), now() + kDay);
  EXPECT_EQ(expires({.kind = kFamily, .value = "sid"}), now() + kYear);
  for (const auto kind : {kClient, kSubject, kKey}) EXPECT_EQ(expires({.kind = kind, .value = "v"}), now() + kYear);
  EXPECT_EQ(expires({.kind = kTenant}), now() + kYear);
  EXPECT_EQ(expires({.kind = kClient, .value = "w", .issued_before_ms = now_ms() - kDay * 1000}), now() + kYear - kDay);
}

TEST_F(RevocationsTest, ACriterionWithoutATimeHoldsUntilNowAndTheRequestsArrival) {
  EXPECT_EQ(revoke(*store_, {.kind = kClient, .value = "a"})->issued_before_ms, now_ms());
  EXPECT_EQ(revoke(*store_, {.kind = kClient, .value = "b", .arrived_ms = now_ms() - 50})->issued_before_ms, now_ms());
  // The clock was set back between the arrival and the commit.
  EXPECT_EQ(revoke(*store_, {.kind = kClient, .value = "c", .arrived_ms = now_ms() + 50})->issued_before_ms,
            now_ms() + 50);
  EXPECT_EQ(revoke(*store_, {.kind = kToken, .value = "t"})->issued_before_ms, 0);
}

TEST_F(RevocationsTest, RepetitionChangesNothing) {
  for (const Revocation& each : {token("jti"), Revocation{.kind = kFamily, .value = "sid"},
                                 Revocation{.kind = kSubject, .value = "s"}, Revocation{.kind = kTenant}}) {
    const auto first = revoke(*store_, each);
    ASSERT_TRUE(first && first->fresh);
    const auto again = revoke(*store_, each);
    ASSERT_TRUE(again) << "and is no error";
    EXPECT_FALSE(again->fresh);
    EXPECT_EQ(again->issued_before_ms, first->issued_before_ms);
  }
  EXPECT_EQ(published().size(), 4u);
  EXPECT_EQ(audit().size(), 4u);
}

TEST_F(RevocationsTest, RepetitionWithinOneCommitChangesNothing) {
  std::atomic<int> fresh{0};
  std::promise<void> done;
  std::atomic<int> left{20};
  for (int i = 0; i < 20; ++i) {
    store_->revoke(actor(), token("jti"), [&](auto outcome) {
      if (outcome && outcome->fresh) ++fresh;
      if (--left == 0) done.set_value();
    });
  }
  done.get_future().wait();
  EXPECT_EQ(fresh, 1);
  EXPECT_EQ(list_revocations(*store_, {})->rows.size(), 1u);
}

TEST_F(RevocationsTest, IssuedBeforeOnlyRises) {
  const auto at = [&](UnixMs ms) { return revoke(*store_, {.kind = kKey, .value = "kid", .issued_before_ms = ms}); };
  EXPECT_TRUE(at(now_ms() - 1000)->fresh);
  const auto earlier = at(now_ms() - 2000);
  EXPECT_FALSE(earlier->fresh);
  EXPECT_EQ(earlier->issued_before_ms, now_ms() - 1000) << "what holds";
  EXPECT_TRUE(at(now_ms() - 500)->fresh);
  EXPECT_EQ(index_.issued_before(0, kKey, "kid"), now_ms() - 500);
}

TEST_F(RevocationsTest, EveryEntryHasItsAuditRecordInTheSameCommit) {
  ASSERT_TRUE(revoke(*store_, token("jti", "acme")));
  ASSERT_TRUE(revoke(*store_, {.kind = kFamily, .value = "sid"}));
  ASSERT_TRUE(revoke(*store_, {.kind = kClient, .value = "c"}));
  ASSERT_TRUE(revoke(*store_, {.kind = kSubject, .value = "s"}));
  ASSERT_TRUE(revoke(*store_, {.kind = kTenant}));
  ASSERT_TRUE(revoke(*store_, {.kind = kKey, .value = "k"}));
  EXPECT_REFUSED(revoke(*store_, {.kind = kClient}), StoreErrorKind::kInvalid);
  const uint64_t commit = store_->status().commit;
  const auto records = audit();
  std::string whats;
  for (const auto& record : records) whats += record.what() + " " + record.subject() + ",";
  EXPECT_EQ(whats, "token.revoke jti,family.revoke sid,client.revoke c,subject.revoke s,tenant.revoke ,key.revoke k,");
  EXPECT_NE(records[0].after().find("\"client_id\":\"acme\""), std::string::npos) << records[0].after();
  EXPECT_EQ(records[0].via(), "test");
  EXPECT_EQ(records[0].before(), "");
  EXPECT_EQ(records.back().commit(), commit);
}

TEST_F(RevocationsTest, IsThereAfterAReopeningAndCarriesOn) {
  ASSERT_TRUE(revoke(*store_, token("one")));
  ASSERT_TRUE(revoke(*store_, {.tenant = 7, .kind = kTenant}));
  reopen();
  EXPECT_EQ(loaded_->revocations.size(), 2u);
  EXPECT_EQ(revoke(*store_, token("two"))->sequence, 2u);
  const auto rows = list_revocations(*store_, {})->rows;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].revocation.value, "one");
  EXPECT_EQ(rows[1].revocation.value, "two");
}

TEST_F(RevocationsTest, BeyondTenThousandOfOneClientOneCriterionTakesTheirPlace) {
  const auto revoke_many = [&](const std::string& client, uint32_t count) {
    std::atomic<uint32_t> left{count};
    std::promise<void> done;
    RevocationOutcome last;
    for (uint32_t i = 0; i < count; ++i) {
      store_->revoke(actor(), token(client + std::to_string(i), client), [&](auto outcome) {
        if (outcome) last = *outcome;
        if (--left == 0) done.set_value();
      });
    }
    done.get_future().wait();
    return last;
  };
  EXPECT_EQ(revoke_many("acme", Store::kSingleRevocationsMax).kind, kToken);
  EXPECT_EQ(revoke(*store_, token("other", "other"))->kind, kToken) << "others are not concerned";
  EXPECT_EQ(revoke(*store_, token("nobody's"))->kind, kToken);
  EXPECT_EQ(index_.issued_before(0, kClient, "acme"), 0);
  reopen();
  const auto outcome = revoke(*store_, token("one too many", "acme"));
  ASSERT_TRUE(outcome && outcome->fresh);
  EXPECT_EQ(outcome->kind, kClient);
  EXPECT_EQ(outcome->issued_before_ms, now_ms());
  EXPECT_EQ(outcome->expires_at, now() + kYear);
  EXPECT_EQ(index_.issued_before(0, kClient, "acme"), now_ms());
  EXPECT_FALSE(index_.contains(0, kToken, "one too many"));
  EXPECT_EQ(revoke(*store_, token("afterwards", "acme"))->kind, kToken) << "counted anew";
  const auto record = audit()[audit().size() - 2];
  EXPECT_EQ(record.what() + " " + record.subject(), "client.revoke acme");
}

TEST_F(RevocationsTest, RemovingAClientEndsWhatItWasGiven) {
  ASSERT_TRUE(add_client(*store_, client_of("acme")));
  ASSERT_TRUE(revoke(*store_, token("jti", "acme")));
  clock_.pass(5000);
  ASSERT_TRUE(remove_client(*store_, "acme"));
  EXPECT_EQ(index_.issued_before(0, kClient, "acme"), now_ms());
  EXPECT_EQ(published().back(),
            (Revocation{.kind = kClient, .value = "acme", .issued_before_ms = now_ms(), .expires_at = now() + kYear}));
  EXPECT_REFUSED(remove_client(*store_, "acme"), StoreErrorKind::kNotFound);
  EXPECT_EQ(published().size(), 2u);
  EXPECT_EQ(audit().back().what(), "client.remove");
  auto database = Database::open({.path = data() + "/store"});
  EXPECT_EQ(rows(**database, Family::kRevocationCounts), 0u);
}

TEST_F(RevocationsTest, DisablingAClientMakesNoEntry) {
  ASSERT_TRUE(add_client(*store_, client_of("acme")));
  ASSERT_TRUE(update_client(*store_, "acme", {.flags_set = kClientDisabled, .what = "client.disable"}));
  EXPECT_TRUE(published().empty());
}

TEST_F(RevocationsTest, RemovingATenantEndsAllThatItIssued) {
  const auto tenant = add_tenant(*store_, "acme");
  ASSERT_TRUE(tenant);
  EXPECT_REFUSED(remove_tenant(*store_, "none", true), StoreErrorKind::kNotFound);
  EXPECT_TRUE(published().empty());
  ASSERT_TRUE(remove_tenant(*store_, "acme", true));
  EXPECT_EQ(index_.issued_before(tenant->number, kTenant, ""), now_ms());
  EXPECT_EQ(index_.issued_before(0, kTenant, ""), 0);
}

TEST_F(RevocationsTest, ListsPageByPageInOrder) {
  for (int i = 0; i < 25; ++i) {
    ASSERT_TRUE(revoke(
        *store_, i % 5 == 0 ? Revocation{.kind = kSubject, .value = std::to_string(i)} : token(std::to_string(i))));
  }
  ASSERT_TRUE(revoke(*store_, {.tenant = 1, .kind = kToken, .value = "other tenant"}));
  std::string values;
  size_t pages = 0;
  RevocationQuery query{.rows_max = 10};
  do {
    const auto page = list_revocations(*store_, query);
    ASSERT_TRUE(page);
    EXPECT_LE(page->rows.size(), 10u);
    for (const auto& row : page->rows) values += row.revocation.value + " ";
    query.after = page->next;
    ++pages;
  } while (query.after != 0);
  EXPECT_EQ(pages, 3u);
  EXPECT_EQ(values, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 ");
  EXPECT_EQ(list_revocations(*store_, {.kind = kSubject})->rows.size(), 5u);
  EXPECT_EQ(list_revocations(*store_, {.kind = kKey})->rows.size(), 0u);
  EXPECT_EQ(list_revocations(*store_, {.after = 25})->rows.size(), 0u);
  EXPECT_EQ(list_revocations(*store_, {.after = UINT64_MAX})->rows.size(), 0u);
  EXPECT_REFUSED(list_revocations(*store_, {.rows_max = 0}), StoreErrorKind::kInvalid);
  EXPECT_REFUSED(list_revocations(*store_, {.rows_max = kRevocationPageMax + 1}), StoreErrorKind::kInvalid);
}

TEST_F(RevocationsTest, ALongSearchIsCutIntoPagesThatMayBeEmpty) {
  std::atomic<int> left{1500};
  std::promise<void> done;
  for (int i = 0; i < 1500; ++i) {
    store_->revoke(actor(), token(std::to_string(i)), [&](auto) {
      if (--left == 0) done.set_value();
    });
  }
  done.get_future().wait();
  const auto page = list_revocations(*store_, {.kind = kFamily});
  EXPECT_TRUE(page->rows.empty());
  EXPECT_EQ(page->next, kRevocationPageMax);
  EXPECT_EQ(list_revocations(*store_, {.kind = kFamily, .after = page->next})->next, 0u);
}

TEST_F(RevocationsTest, AnIdleListingSyncsNothing) {
  const uint64_t commit = store_->status().commit;
  ASSERT_TRUE(list_revocations(*store_, {}));
  EXPECT_EQ(store_->status().commit, commit);
}

// --- expiry ---

class RevocationExpiryTest : public RevocationsTest {
 protected:
  // Rows that a compaction leaves, with what the store itself hands to it.
  std::pair<size_t, size_t> left_after_compaction() {
    store_->close();
    auto database = Database::open({.path = data() + "/store"});
    const auto state = decode_state(**(*database)->get(Family::kMeta, row_key(kNoTenant, kStateName)));
    (*database)->set_expiry_time(state->time.safe_ms);
    EXPECT_TRUE((*database)->compact(Family::kRevocations));
    EXPECT_TRUE((*database)->compact(Family::kRevocationCounts));
    std::pair<size_t, size_t> out{rows(**database, Family::kRevocations), rows(**database, Family::kRevocationCounts)};
    (*database)->close();
    return out;
  }
};

TEST_F(RevocationExpiryTest, WhatHasExpiredGoesWithACompactionAndIsNotLoaded) {
  ASSERT_TRUE(revoke(*store_, token("jti", "acme")));
  ASSERT_TRUE(revoke(*store_, {.kind = kSubject, .value = "s"}));
  clock_.pass((900 + kRevocationMarginS - 1) * 1000);
  reopen();
  EXPECT_EQ(loaded_->revocations.size(), 2u) << "what clocks are granted";
  EXPECT_EQ(left_after_compaction(), (std::pair<size_t, size_t>{2, 1}));
  open();
  clock_.pass(5 * 60 * 60 * 1000);
  ASSERT_TRUE(append_audit(*store_, "x", "{}")) << "a commit persists the time";
  EXPECT_EQ(list_revocations(*store_, {})->rows.size(), 1u) << "not listed";
  reopen();
  ASSERT_EQ(loaded_->revocations.size(), 1u);
  EXPECT_EQ(loaded_->revocations[0].value, "s");
  EXPECT_EQ(left_after_compaction(), (std::pair<size_t, size_t>{1, 0}));
  open();
  EXPECT_EQ(revoke(*store_, token("next"))->sequence, 3u) << "sequences go on";
}

TEST_F(RevocationExpiryTest, AClockThatJumpedErasesNothing) {
  ASSERT_TRUE(revoke(*store_, token("jti", "acme")));
  clock_.jump(400 * kDay * 1000);
  ASSERT_TRUE(append_audit(*store_, "x", "{}"));
  EXPECT_TRUE(store_->status().clock_jumped);
  EXPECT_EQ(store_->safe_time_ms(), 0) << "the index drops nothing";
  reopen();
  EXPECT_EQ(store_->safe_time_ms(), 0);
  EXPECT_EQ(loaded_->revocations.size(), 1u);
  EXPECT_EQ(left_after_compaction(), (std::pair<size_t, size_t>{1, 1}));
  clock_.jump(-400 * kDay * 1000);
  open();
  ASSERT_TRUE(accept_clock(*store_));
  EXPECT_EQ(loaded_->revocations.size(), 1u);
  EXPECT_GT(store_->safe_time_ms(), 0);
}

TEST_F(RevocationExpiryTest, NothingExpiresWithoutATime) {
  ASSERT_TRUE(revoke(*store_, token("jti")));
  store_->close();
  auto database = Database::open({.path = data() + "/store"});
  EXPECT_TRUE((*database)->compact(Family::kRevocations));
  EXPECT_EQ(rows(**database, Family::kRevocations), 1u);
  EXPECT_FALSE(revocation_expired("not a row", INT64_MAX / 2));
}

}  // namespace
}  // namespace signet::store
