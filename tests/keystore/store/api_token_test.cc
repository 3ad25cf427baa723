// Making, redeeming, listing and removing API tokens; their rows and their expiry.
#include "keystore/store/api_token_rows.h"
#include "keystore/store/api_token_uses.h"
#include "keystore/store/expiry_filter.h"
#include "keystore/store/family_rows.h"
#include "tests/keystore/store/api_token_rig.h"

namespace signet::store {
namespace {

using Kind = StoreErrorKind;
using Verdict = ApiTokenVerdict;

ApiToken example() {
  ApiToken token{.tenant = 7,
                 .key_version = 255,
                 .kind = ApiTokenKind::kApiKey,
                 .client_id = "client",
                 .subject = "somebody",
                 .name = "Größe",
                 .scope = "a b",
                 .audiences = {"urn:one", "urn:two"},
                 .created_ms = 1'700'000'000'123,
                 .expires_at = 1'800'000'000,
                 .last_used_minute = 28'333'333};
  token.id.fill(3);
  return token;
}

std::optional<ApiToken> decode(std::string_view key, std::string_view value) {
  ApiToken token;
  if (!decode_api_token(key, value, token)) return std::nullopt;
  return token;
}

TEST(ApiTokenRows, ComeBackAsTheyWere) {
  ApiToken token = example();
  EXPECT_EQ(decode(api_token_key(7, token.id), encode_api_token(token)), token);
  EXPECT_EQ(family_of_key(api_token_key(7, token.id)), token.id);
  token.subject = token.client_id;
  token.audiences.clear();
  token.scope.clear();
  token.key_version = 1;
  token.expires_at = 0;
  token.last_used_minute = 0;
  EXPECT_EQ(decode(api_token_key(7, token.id), encode_api_token(token)), token);
}

TEST(ApiTokenRows, WhatNoVersionWroteIsDamage) {
  const ApiToken token = example();
  const std::string key = api_token_key(7, token.id);
  const std::string value = encode_api_token(token);
  EXPECT_FALSE(decode(key.substr(0, 19), value));
  EXPECT_FALSE(decode(key + "x", value));
  EXPECT_FALSE(decode(key, ""));
  EXPECT_FALSE(decode(key, value.substr(0, value.size() - 1)));
  const auto refused = [&](auto change) {
    ApiToken changed = token;
    change(changed);
    EXPECT_FALSE(decode(key, encode_api_token(changed)));
  };
  refused([](auto& t) { t.client_id.clear(); });
  refused([](auto& t) { t.kind = ApiTokenKind{}; });
  refused([](auto& t) { t.created_ms = 0; });
  refused([](auto& t) { t.expires_at = -1; });
  refused([](auto& t) { t.key_version = 0; });
}

// Any octet turned over is read as some token or as damage, and what is read is written again as it reads.
TEST(ApiTokenRows, NoDamageBreaksTheReader) {
  const ApiToken token = example();
  const std::string key = api_token_key(7, token.id);
  const std::string value = encode_api_token(token);
  for (size_t at = 0; at < value.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = value;
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      const auto read = decode(key, changed);
      if (read) {
        EXPECT_EQ(decode(key, encode_api_token(*read)), read) << at;
      }
    }
  }
}

TEST(ApiTokenRows, ExpireByTheSafeTimeOrNever) {
  ApiToken token = example();
  EXPECT_FALSE(api_token_expired(encode_api_token(token), 1'800'000'000));
  EXPECT_TRUE(api_token_expired(encode_api_token(token), 1'800'000'001));
  EXPECT_TRUE(family_name_expired(encode_api_token_name(token.expires_at), 1'800'000'001));
  token.expires_at = 0;
  EXPECT_FALSE(api_token_expired(encode_api_token(token), INT64_MAX));
  EXPECT_FALSE(family_name_expired(encode_api_token_name(0), INT64_MAX));
  EXPECT_FALSE(api_token_expired("damage", INT64_MAX)) << "kept, to be seen";
  EXPECT_EQ(expiry_rule(Family::kApiTokens), api_token_expired);
}

TEST_F(ApiTokenTest, IsFoundAndRedeemedAsItWasMade) {
  start();
  add_demo();
  ApiToken token = token_row();
  token.subject = "alice";
  token.expires_at = clock_.wall / 1000 + 60;
  const auto created = create(token);
  ASSERT_TRUE(created);
  token.created_ms = clock_.wall;
  EXPECT_EQ(*created, token) << "created by the store's clock";
  EXPECT_EQ(found(token), token);
  EXPECT_EQ(redeem(token), Verdict::kValid);
  EXPECT_EQ(redeem(token), Verdict::kValid) << "reusable";
}

TEST_F(ApiTokenTest, OneThatIsNotThereOrOfAnotherTenantOrKindIsUnknown) {
  start();
  add_demo();
  ApiToken token = made();
  token.kind = ApiTokenKind::kSandbox;
  EXPECT_EQ(redeem(token), Verdict::kUnknown) << "of another kind";
  token.kind = ApiTokenKind::kVcloud;
  token.tenant = 1;
  EXPECT_EQ(redeem(token), Verdict::kUnknown) << "of another tenant";
  EXPECT_FALSE(found(token));
  token.tenant = 0;
  for (uint8_t& octet : token.id) {
    octet ^= 1;
    EXPECT_EQ(redeem(token), Verdict::kUnknown);
    octet ^= 1;
  }
  EXPECT_EQ(redeem(token), Verdict::kValid);
}

TEST_F(ApiTokenTest, RedeemingWritesNothing) {
  start();
  add_demo();
  const ApiToken token = made();
  const auto commit = store_->status().commit;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(redeem(token), Verdict::kValid);
  EXPECT_EQ(store_->status().commit, commit);
}

TEST_F(ApiTokenTest, IsRefusedWhileItsClientIsDisabled) {
  start();
  add_demo();
  const ApiToken token = made();
  ASSERT_TRUE(update_client(*store_, "client", {.flags_set = kClientDisabled, .what = "client.disable"}));
  EXPECT_EQ(redeem(token), Verdict::kClientGone);
  EXPECT_REFUSED(create(token_row()), Kind::kInvalid);
  ASSERT_TRUE(update_client(*store_, "client", {.flags_clear = kClientDisabled, .what = "client.enable"}));
  EXPECT_EQ(redeem(token), Verdict::kValid);
}

TEST_F(ApiTokenTest, EndsWithItsExpiryAndItsRowByTheSafeTimeAlone) {
  start();
  add_demo();
  ApiToken token = token_row();
  token.expires_at = clock_.wall / 1000 + 3000;
  token = made(token);
  const ApiToken endless = made();
  clock_.pass(2'999'000);
  EXPECT_EQ(redeem(token), Verdict::kValid);
  clock_.pass(1000);
  EXPECT_EQ(redeem(token), Verdict::kExpired);
  clock_.jump(-3'000'000);  // within what is no jump: the wall clock says that it lives
  EXPECT_EQ(redeem(token), Verdict::kValid);
  clock_.jump(3'000'000);
  restart();
  EXPECT_TRUE(loaded_->api_tokens.contains({0, token.id})) << "expired at, and not before, the safe time";
  clock_.pass(1000);
  ASSERT_TRUE(put_last_used(*store_, {}));  // commits the time
  restart();
  EXPECT_FALSE(loaded_->api_tokens.contains({0, token.id}));
  EXPECT_TRUE(loaded_->api_tokens.contains({0, endless.id}));
}

TEST_F(ApiTokenTest, AreAllThereAfterARestart) {
  start();
  add_demo();
  std::vector<ApiToken> all;
  for (int i = 0; i < 50; ++i) all.push_back(made());
  restart();
  EXPECT_EQ(loaded_->api_tokens.size(), all.size());
  for (const ApiToken& token : all) {
    EXPECT_TRUE(loaded_->api_tokens.contains({0, token.id}));
    EXPECT_EQ(found(token), token);
    EXPECT_EQ(redeem(token), Verdict::kValid);
  }
}

TEST_F(ApiTokenTest, ARemovedOneIsGoneForGood) {
  start();
  add_demo();
  ApiToken token = token_row();
  token.subject = "alice";
  token = made(token);
  ASSERT_TRUE(remove(token));
  const auto* last = std::get_if<ApiTokenRemoved>(&indexing_.changes.back());
  ASSERT_NE(last, nullptr) << "not told";
  EXPECT_EQ(last->id, token.id);
  EXPECT_EQ(redeem(token), Verdict::kUnknown);
  EXPECT_REFUSED(remove(token), Kind::kNotFound);
  restart();
  EXPECT_TRUE(loaded_->api_tokens.empty());
  EXPECT_EQ(redeem(token), Verdict::kUnknown);
  EXPECT_EQ(rows(Family::kFamilyNames), 0U) << "a row of the index stayed";
}

TEST_F(ApiTokenTest, IsRemovedOnlyForWhomItIs) {
  start();
  add_demo();
  ApiToken token = token_row();
  token.subject = "alice";
  token = made(token);
  EXPECT_REFUSED(remove(ApiTokenRemoval{.tenant = 1, .id = token.id}), Kind::kNotFound);
  EXPECT_REFUSED(remove(ApiTokenRemoval{.id = token.id, .client_id = "other"}), Kind::kNotFound);
  EXPECT_REFUSED(remove(ApiTokenRemoval{.id = token.id, .client_id = "client", .subject = "bob"}), Kind::kNotFound);
  EXPECT_EQ(redeem(token), Verdict::kValid);
  EXPECT_TRUE(remove(ApiTokenRemoval{.id = token.id, .client_id = "client", .subject = "alice"}));
}

TEST_F(ApiTokenTest, AreRefusedWhenTheyMakeNoSense) {
  start();
  add_demo();
  const ApiToken good = token_row();
  const auto refused = [&](auto change, Kind kind = Kind::kInvalid) {
    ApiToken token = good;
    change(token);
    EXPECT_REFUSED(create(token), kind);
  };
  refused([](auto& t) { t.name.clear(); });
  refused([](auto& t) { t.name.assign(kApiTokenNameSizeMax + 1, 'x'); });
  refused([](auto& t) { t.name = "line\nbreak"; });
  refused([](auto& t) { t.name = "bad\x80utf8"; });
  refused([](auto& t) { t.name = std::string("a\0b", 3); });
  refused([](auto& t) { t.subject.clear(); });
  refused([](auto& t) { t.subject.assign(257, 'x'); });
  refused([](auto& t) { t.scope = "a.read  a.write"; });
  refused([](auto& t) { t.scope = "b.read"; });
  refused([](auto& t) { t.audiences.assign(17, "urn:x"); });
  refused([](auto& t) { t.audiences = {""}; });
  refused([](auto& t) { t.kind = ApiTokenKind{}; });
  refused([](auto& t) { t.key_version = 0; });
  refused([&](auto& t) { t.expires_at = clock_.wall / 1000; });
  refused([](auto& t) { t.expires_at = -1; });
  refused([](auto& t) { t.client_id = "nobody"; }, Kind::kNotFound);
  refused([](auto& t) { t.tenant = 9; }, Kind::kNotFound);
  EXPECT_EQ(redeem(good), Verdict::kUnknown);
  ApiToken longest = good;
  longest.name.assign(kApiTokenNameSizeMax, 'x');
  ASSERT_TRUE(create(longest));
  EXPECT_REFUSED(create(good), Kind::kConflict);
}

TEST_F(ApiTokenTest, ArePutOnRecordWhenAnAdministratorMakesThemAndAlwaysWhenTheyGo) {
  start();
  add_demo();
  ASSERT_TRUE(create(token_row(), std::nullopt));
  const ApiToken token = made();
  ASSERT_TRUE(remove(token));
  EXPECT_REFUSED(remove(token), Kind::kNotFound);
  EXPECT_EQ(audit_records(), 3U) << "client.add, one api-token.create, one api-token.remove";
}

TEST_F(ApiTokenTest, AUseIsWrittenByTheNextFlushAndOnlyAfterTenMinutesAgain) {
  start();
  add_demo();
  const ApiToken token = made();
  const auto minute = [&] { return static_cast<uint32_t>(clock_.wall / 60'000); };
  EXPECT_EQ(redeem(token), Verdict::kValid);
  const uint32_t first = minute();
  EXPECT_EQ(stored(token).last_used_minute, 0U) << "a use writes nothing";
  EXPECT_EQ(flush(), 0U);
  EXPECT_EQ(stored(token).last_used_minute, first);
  const auto commit = store_->status().commit;
  clock_.pass((kApiTokenUseStepMinutes - 1) * 60'000);
  EXPECT_EQ(redeem(token), Verdict::kValid);
  EXPECT_EQ(flush(), 0U);
  EXPECT_EQ(store_->status().commit, commit) << "written too soon";
  clock_.pass(60'000);
  EXPECT_EQ(redeem(token), Verdict::kValid);
  EXPECT_EQ(flush(), 0U);
  EXPECT_EQ(stored(token).last_used_minute, first + kApiTokenUseStepMinutes);
  restart();
  EXPECT_EQ(stored(token).last_used_minute, first + kApiTokenUseStepMinutes);
}

TEST_F(ApiTokenTest, ARefusedOneWasNotUsedAndARemovedOneIsNotWrittenAgain) {
  start();
  add_demo();
  const ApiToken removed = made();
  const ApiToken refused = made();
  EXPECT_EQ(redeem(removed), Verdict::kValid);
  ApiToken of_other_kind = refused;
  of_other_kind.kind = ApiTokenKind::kSandbox;
  EXPECT_EQ(redeem(of_other_kind), Verdict::kUnknown);
  ASSERT_TRUE(remove(removed));
  const auto commit = store_->status().commit;
  EXPECT_EQ(flush(), 0U);
  EXPECT_EQ(store_->status().commit, commit);
  EXPECT_FALSE(found(removed));
}

TEST(NotedApiTokenUses, AreBounded) {
  ApiTokenUses uses;
  for (size_t i = 0; i < ApiTokenUses::kMax + 100; ++i) uses.note(std::to_string(i), 1);
  EXPECT_EQ(uses.size(), ApiTokenUses::kMax);
  uses.note("0", 2);
  std::optional<uint32_t> minute;
  while (const auto use = uses.take()) {
    if (use->first == "0") minute = use->second;
  }
  EXPECT_EQ(minute, 2U) << "one that is noted is noted later too";
  EXPECT_EQ(uses.size(), 0U);
}

TEST_F(ApiTokenTest, AfterTheCloseNothingIsToldAboutAny) {
  start();
  add_demo();
  const ApiToken token = made();
  store_->close();
  EXPECT_EQ(redeem(token), Verdict::kUnavailable);
  EXPECT_FALSE(store_->find_api_token(0, token.id));
  EXPECT_FALSE(store_->list_api_tokens({}));
}

// Walks all pages of a query.
std::vector<ApiToken> all(const Store& store, ApiTokenQuery query) {
  std::vector<ApiToken> found;
  for (int pages = 0; pages < 100; ++pages) {
    const auto page = store.list_api_tokens(query);
    EXPECT_TRUE(page);
    if (!page) break;
    found.insert(found.end(), page->tokens.begin(), page->tokens.end());
    query.after = page->next;
    if (!query.after) return found;
  }
  ADD_FAILURE() << "no last page";
  return found;
}

TEST_F(ApiTokenTest, AreListedByClientBySubjectByKindAndByTenant) {
  start();
  add_demo("client");
  add_demo("other");
  const auto made_for = [&](std::string client, std::string subject, ApiTokenKind kind = ApiTokenKind::kVcloud) {
    ApiToken token = token_row();
    token.client_id = std::move(client);
    token.subject = std::move(subject);
    token.kind = kind;
    return made(token);
  };
  const ApiToken own = made_for("client", "client");
  const ApiToken alice = made_for("client", "alice", ApiTokenKind::kApiKey);
  const ApiToken bob = made_for("other", "bob");
  const ApiToken of_other_for_client = made_for("other", "client");
  const RefreshFamily family = family_row(first_token());
  ASSERT_TRUE(RotationTest::create(family));
  using Tokens = std::vector<ApiToken>;
  for (const size_t limit : {1, 2, 3, 100}) {
    EXPECT_EQ(all(*store_, {.limit = limit}).size(), 4U);
    EXPECT_EQ(all(*store_, {.client_id = "client", .limit = limit}), (Tokens{own, alice}));
    EXPECT_EQ(all(*store_, {.subject = "bob", .limit = limit}), Tokens{bob});
    EXPECT_EQ(all(*store_, {.subject = "client", .limit = limit}), (Tokens{of_other_for_client, own}));
    EXPECT_EQ(all(*store_, {.client_id = "other", .subject = "bob", .limit = limit}), Tokens{bob});
    EXPECT_EQ(all(*store_, {.kind = ApiTokenKind::kApiKey, .limit = limit}), Tokens{alice});
    EXPECT_TRUE(all(*store_, {.client_id = "nobody", .limit = limit}).empty());
    EXPECT_TRUE(all(*store_, {.subject = "other", .limit = limit}).empty());
    EXPECT_TRUE(all(*store_, {.tenant = 1, .limit = limit}).empty());
    EXPECT_TRUE(all(*store_, {.tenant = 1, .client_id = "client", .limit = limit}).empty());
    const auto families = store_->list_families({.client_id = "client", .limit = limit});
    ASSERT_TRUE(families);
    EXPECT_EQ(families->families, (std::vector{family})) << "the two share an index and do not mix";
  }
}

}  // namespace
}  // namespace signet::store
