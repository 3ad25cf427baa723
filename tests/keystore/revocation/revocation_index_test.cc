// The index as checks ask it: what revokes a token, and what does not.
#include "keystore/revocation/revocation_index.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace signet {
namespace {

using enum RevocationKind;

constexpr UnixSeconds kNow = 1'800'000'000;
constexpr UnixMs kNowMs = kNow * 1000;

class RevocationIndexTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(digest_start()); }

  void add(RevocationKind kind, std::string value, UnixMs issued_before_ms = 0, uint32_t tenant = 0,
           UnixSeconds expires_at = kNow + 1000) {
    index_.add({.tenant = tenant,
                .kind = kind,
                .value = std::move(value),
                .issued_before_ms = issued_before_ms,
                .expires_at = expires_at});
  }
  static TokenFacts token() {
    return {.tenant = 0,
            .jti = "jti",
            .token_hash = "hash",
            .family = "sid",
            .client_id = "client",
            .subject = "sub",
            .kid = "kid",
            .issued_ms = kNowMs};
  }

  QuiescentDomain domain_;
  RevocationIndex index_{domain_};
};

TEST_F(RevocationIndexTest, AnEmptyIndexRevokesNothing) {
  EXPECT_FALSE(index_.revoked(token()));
  EXPECT_FALSE(index_.revoked({}));
  EXPECT_FALSE(index_.contains(0, kToken, ""));
  EXPECT_EQ(index_.issued_before(0, kTenant, ""), 0);
}

TEST_F(RevocationIndexTest, EachSingleKindRevokesItsOwn) {
  const std::pair<RevocationKind, const char*> cases[] = {{kToken, "jti"}, {kFamily, "sid"}, {kTokenHash, "hash"}};
  for (const auto& [kind, value] : cases) {
    RevocationIndex index(domain_);
    index.add({.kind = kind, .value = value, .expires_at = kNow});
    EXPECT_TRUE(index.revoked(token())) << value;
    for (const auto& [other, other_value] : cases) {
      EXPECT_EQ(index.contains(0, other, value), other == kind) << "kinds are apart";
      EXPECT_EQ(index.contains(0, kind, other_value), other == kind);
    }
  }
}

TEST_F(RevocationIndexTest, AValueUnderAnotherKindRevokesNothing) {
  add(kToken, "sid");
  add(kToken, "client");
  add(kFamily, "jti");
  add(kSubject, "client", kNowMs);
  add(kClient, "sub", kNowMs);
  add(kKey, "jti", kNowMs);
  EXPECT_FALSE(index_.revoked(token()));
}

TEST_F(RevocationIndexTest, TenantsAreApart) {
  for (const auto kind : {kToken, kFamily, kTokenHash}) add(kind, kind == kToken ? "jti" : "sid", 0, 7);
  for (const auto kind : {kClient, kSubject, kKey}) add(kind, "client", kNowMs, 7);
  add(kTenant, "", kNowMs, 7);
  EXPECT_FALSE(index_.revoked(token()));
  TokenFacts other = token();
  other.tenant = 7;
  EXPECT_TRUE(index_.revoked(other));
}

TEST_F(RevocationIndexTest, CriteriaHoldForWhatWasIssuedThenOrEarlier) {
  const std::pair<RevocationKind, const char*> cases[] = {
      {kClient, "client"}, {kSubject, "sub"}, {kTenant, ""}, {kKey, "kid"}};
  for (const auto& [kind, value] : cases) {
    RevocationIndex index(domain_);
    index.add({.kind = kind, .value = value, .issued_before_ms = kNowMs, .expires_at = kNow});
    for (const int64_t after_ms : {-1000, -1, 0, 1, 1000}) {
      TokenFacts facts = token();
      facts.issued_ms = kNowMs + after_ms;
      EXPECT_EQ(index.revoked(facts), after_ms <= 0) << revocation_kind_name(kind) << " " << after_ms;
    }
  }
}

TEST_F(RevocationIndexTest, IssuedBeforeOnlyRises) {
  add(kClient, "client", kNowMs);
  add(kClient, "client", kNowMs - 500);
  EXPECT_EQ(index_.issued_before(0, kClient, "client"), kNowMs);
  add(kClient, "client", kNowMs + 500);
  EXPECT_EQ(index_.issued_before(0, kClient, "client"), kNowMs + 500);
}

TEST_F(RevocationIndexTest, AbsentFactsAreNoValues) {
  add(kToken, "x");
  add(kClient, "x", kNowMs);
  EXPECT_FALSE(index_.revoked({.issued_ms = kNowMs}));
}

TEST_F(RevocationIndexTest, ValuesOfAnyLengthAreTold) {
  const std::string shorter(512, 'a'), longer(513, 'a'), longest(100'000, 'a');
  for (const std::string* value : {&shorter, &longer, &longest}) {
    EXPECT_FALSE(index_.contains(0, kToken, *value));
    add(kToken, *value);
    EXPECT_TRUE(index_.contains(0, kToken, *value));
  }
  EXPECT_FALSE(index_.contains(0, kToken, longest + "a"));
  EXPECT_FALSE(index_.contains(0, kToken, std::string(513, 'b')));
  // What a long value is hashed by is not itself its name.
  const Sha256Digest digest = sha256(as_bytes(longest));
  EXPECT_FALSE(index_.contains(0, kToken, as_text(digest)));
  add(kToken, std::string("a\0b", 3));
  EXPECT_FALSE(index_.contains(0, kToken, "a"));
  EXPECT_TRUE(index_.contains(0, kToken, std::string_view("a\0b", 3)));
}

TEST_F(RevocationIndexTest, AnEntryLeavesOnlyWhenNothingItConcernsCanLive) {
  add(kToken, "jti", 0, 0, kNow);
  add(kClient, "client", kNowMs, 0, kNow);
  const auto after = [&](UnixSeconds seconds) {
    index_.maintain(kNow + seconds);
    while (index_.figures().entries + index_.figures().criteria == 1) index_.maintain(kNow + seconds);
    return index_.figures().entries + index_.figures().criteria;
  };
  EXPECT_EQ(after(0), 2u);
  EXPECT_EQ(after(kRevocationMarginS - 1), 2u) << "a clock may be wrong, and verifiers grant a skew";
  EXPECT_TRUE(index_.revoked(token()));
  EXPECT_EQ(after(kRevocationMarginS + 4 * 60 * 60), 0u);
  EXPECT_FALSE(index_.revoked(token()));
}

TEST_F(RevocationIndexTest, ATimeOfZeroExpiresNothing) {
  add(kToken, "jti", 0, 0, kNow - 400 * 24 * 60 * 60);
  for (int i = 0; i < 100; ++i) index_.maintain(0);
  EXPECT_TRUE(index_.revoked(token()));
  EXPECT_EQ(index_.figures().entries, 1u);
}

TEST_F(RevocationIndexTest, AnEarlierSafeTimeBringsNothingBack) {
  add(kToken, "old", 0, 0, kNow);
  index_.maintain(kNow + 24 * 60 * 60);
  EXPECT_FALSE(index_.contains(0, kToken, "old"));
  index_.maintain(kNow);
  add(kToken, "new", 0, 0, kNow + 48 * 60 * 60);
  EXPECT_TRUE(index_.contains(0, kToken, "new"));
}

TEST_F(RevocationIndexTest, ManyAtOnceAreAsManySingly) {
  std::vector<Revocation> many;
  for (int i = 0; i < 1000; ++i) {
    many.push_back({.kind = i % 10 == 0 ? kSubject : kToken,
                    .value = std::to_string(i),
                    .issued_before_ms = i % 10 == 0 ? kNowMs + i : 0,
                    .expires_at = kNow});
  }
  index_.add(many);
  EXPECT_EQ(index_.figures().entries, 900u);
  EXPECT_EQ(index_.figures().criteria, 100u);
  EXPECT_GT(index_.figures().bytes, 900u * 12);
  for (int i = 0; i < 1000; ++i) {
    if (i % 10 == 0) {
      EXPECT_EQ(index_.issued_before(0, kSubject, std::to_string(i)), kNowMs + i);
    } else {
      EXPECT_TRUE(index_.contains(0, kToken, std::to_string(i)));
    }
  }
}

// The promise of the endpoint: after the answer (here: after `add` returned) no check that begins says active.
TEST_F(RevocationIndexTest, NoCheckThatBeginsAfterAddSaysActive) {
  constexpr int kTokens = 30'000;
  std::atomic<int> answered{0};
  std::atomic<int> active{0};
  const auto check = [&] {
    auto* reader = domain_.register_reader([] {});
    for (int last = 0; last < kTokens;) {
      last = answered.load(std::memory_order_acquire);
      if (last == 0) continue;
      const std::string jti = "jti-" + std::to_string(last - 1);
      const TokenFacts facts{.jti = jti, .client_id = "other", .issued_ms = kNowMs};
      if (!index_.revoked(facts)) active.fetch_add(1);
      reader->pass();
    }
    domain_.unregister_reader(reader);
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < 3; ++i) workers.emplace_back(check);
  for (int i = 0; i < kTokens; ++i) {
    add(kToken, "jti-" + std::to_string(i));
    index_.maintain(kNow);
    answered.store(i + 1, std::memory_order_release);
    if (i % 64 == 0) domain_.poll();
  }
  for (auto& worker : workers) worker.join();
  EXPECT_EQ(active, 0);
}

TEST(RevocationKinds, NamesAreTheWireNames) {
  for (size_t kind = 1; kind < kRevocationKinds; ++kind) {
    const auto each = static_cast<RevocationKind>(kind);
    EXPECT_EQ(revocation_kind_named(revocation_kind_name(each)), each);
  }
  EXPECT_EQ(revocation_kind_name(kTokenHash), "token_hash");
  for (const char* name : {"", "Token", "tokens", "all"}) EXPECT_FALSE(revocation_kind_named(name)) << name;
}

TEST(RevocationKinds, CriteriaAreRememberedForAFamilysLife) {
  EXPECT_EQ(longest_lifetime_s(kToken), 24 * 60 * 60);
  EXPECT_EQ(longest_lifetime_s(kTokenHash), 24 * 60 * 60);
  for (const auto kind : {kFamily, kClient, kSubject, kTenant, kKey}) {
    EXPECT_EQ(longest_lifetime_s(kind), 365 * 24 * 60 * 60);
  }
}

}  // namespace
}  // namespace signet
