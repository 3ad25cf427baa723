// The cache of verified tokens: what it says, what it forgets, and that a scan does not empty it.
#include "daemon/endpoint/token_cache.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace signet {
namespace {

// All of one set, whose number the lowest bits of a place are. Every name is another token's unless a test says so.
TokenCache::Name name_of(uint64_t tag, uint64_t set = 0, uint32_t tenant = 0) {
  static std::deque<std::string> texts;
  texts.push_back("header.payload." + std::to_string(tag));
  return {.tenant = tenant, .place = tag << 16 | set, .text = texts.back()};
}

CheckedToken with_size(size_t size) {
  CheckedToken token{};
  token.text_size = token.body_size = static_cast<uint16_t>(size);
  return token;
}

void put(TokenCache& cache, const TokenCache::Name& name, std::string_view text, uint64_t revision = 1) {
  const CheckedToken token = with_size(text.size());
  cache.put(name, revision, CheckedTokenView(token, text.data()));
}

TEST(TokenCache, FindsWhatWasPutAndNothingElse) {
  TokenCache cache(64);
  EXPECT_FALSE(cache.find(name_of(1)));
  put(cache, name_of(1), "one", 42);
  const auto found = cache.find(name_of(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key_revision, 42u);
  EXPECT_EQ(found->token.body(), "one");
  EXPECT_FALSE(cache.find(name_of(1, 0, 1))) << "another tenant";
  EXPECT_FALSE(cache.find(name_of(2)));
  EXPECT_FALSE(cache.find(name_of(1, 64))) << "the same set and tag, another hash";
}

// Who knows a token may send its signature behind other claims: the place is the same, the token is not.
TEST(TokenCache, ThePlaceAloneIsNotTheToken) {
  TokenCache cache(64);
  const std::string token = "header.payload." + std::string(86, 's');
  const TokenCache::Name name{.tenant = 0, .place = cache.place_of(token), .text = token};
  put(cache, name, "one");
  EXPECT_TRUE(cache.find(name));
  std::string other = token;
  for (size_t i = 0; i < other.size(); ++i) {
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(cache.find({.tenant = 0, .place = name.place, .text = other})) << i;
    cache.drop({.tenant = 0, .place = name.place, .text = other});
    other[i] = token[i];
  }
  for (const auto& changed : {token + "s", token.substr(1), token.substr(0, token.size() - 1), std::string()}) {
    EXPECT_FALSE(cache.find({.tenant = 0, .place = name.place, .text = changed})) << changed;
  }
  EXPECT_TRUE(cache.find(name)) << "dropped for another";
}

TEST(TokenCache, APlaceIsOfTheTokensEndUnderAKeyOfEachCache) {
  TokenCache cache(64);
  const std::string token = "header.payload." + std::string(86, 's');
  EXPECT_EQ(cache.place_of(token), cache.place_of("another" + token));
  EXPECT_NE(cache.place_of(token), cache.place_of(token.substr(0, token.size() - 1) + "t"));
  EXPECT_NE(cache.place_of(token), TokenCache(64).place_of(token));
  EXPECT_NE(cache.place_of(""), cache.place_of("s")) << "a token may be shorter than what is looked at";
}

TEST(TokenCache, ReplacesAnEntryOfTheSameHash) {
  TokenCache cache(TokenCache::kWays);
  put(cache, name_of(1), "old", 1);
  put(cache, name_of(1), "new", 2);
  EXPECT_EQ(cache.find(name_of(1))->key_revision, 2u);
  cache.drop(name_of(1));
  EXPECT_FALSE(cache.find(name_of(1)));
}

TEST(TokenCache, ATagOfZeroIsAnEntryToo) {
  TokenCache cache(TokenCache::kWays);
  EXPECT_FALSE(cache.find(name_of(0)));
  put(cache, name_of(0), "zero");
  EXPECT_EQ(cache.find(name_of(0))->token.body(), "zero");
  EXPECT_FALSE(cache.find(name_of(1))) << "the tag that zero is kept as";
}

TEST(TokenCache, ASetHoldsItsWaysAndThenForgets) {
  TokenCache cache(TokenCache::kWays);
  EXPECT_EQ(cache.capacity(), TokenCache::kWays);
  for (uint64_t i = 1; i <= TokenCache::kWays; ++i) put(cache, name_of(i), "text" + std::to_string(i));
  for (uint64_t i = 1; i <= TokenCache::kWays; ++i) {
    ASSERT_TRUE(cache.find(name_of(i)));
    EXPECT_EQ(cache.find(name_of(i))->token.body(), "text" + std::to_string(i));
  }
  put(cache, name_of(100), "one more");
  EXPECT_FALSE(cache.find(name_of(100))) << "it may never come again";
  put(cache, name_of(100), "one more");
  EXPECT_TRUE(cache.find(name_of(100)));
  size_t left = 0;
  for (uint64_t i = 1; i <= TokenCache::kWays; ++i) left += cache.find(name_of(i)).has_value();
  EXPECT_EQ(left, TokenCache::kWays - 1);
}

// As random tags are: different in their upper half too.
TokenCache::Name scattered(uint64_t n) { return name_of(n * 0x9E3779B97F4A7C15 >> 16); }

TEST(TokenCache, AScanOfTokensThatComeOnceDisplacesNothing) {
  TokenCache cache(TokenCache::kWays);
  for (uint64_t i = 1; i <= TokenCache::kWays; ++i) put(cache, name_of(i), "kept");
  for (uint64_t scan = 1000; scan < 11'000; ++scan) {
    put(cache, scattered(scan), "once");
    EXPECT_FALSE(cache.find(scattered(scan)));
  }
  for (uint64_t i = 1; i <= TokenCache::kWays; ++i) EXPECT_TRUE(cache.find(name_of(i))) << i;
}

TEST(TokenCache, ATokenThatComesAgainTooLateIsNew) {
  TokenCache cache(TokenCache::kWays);
  for (uint64_t i = 1; i <= TokenCache::kWays; ++i) put(cache, name_of(i), "kept");
  put(cache, scattered(1000), "rare");
  for (uint64_t scan = 2000; scan < 2100; ++scan) put(cache, scattered(scan), "once");
  put(cache, scattered(1000), "rare");
  EXPECT_FALSE(cache.find(scattered(1000)));
}

// A scan whose tokens each come twice gets in, and must not empty the set either.
TEST(TokenCache, AScanOfTokensThatComeTwiceLeavesTheHotOnes) {
  TokenCache cache(TokenCache::kWays);
  constexpr uint64_t kHot = TokenCache::kWays - 1;
  for (uint64_t i = 1; i <= kHot; ++i) {
    put(cache, name_of(i), "hot");
    EXPECT_TRUE(cache.find(name_of(i)));
  }
  put(cache, name_of(500), "not");
  for (uint64_t scan = 1000; scan < 11'000; ++scan) {
    put(cache, scattered(scan), "twice");
    put(cache, scattered(scan), "twice");
    for (uint64_t i = 1; scan % 8 == 0 && i <= kHot; ++i) {
      ASSERT_TRUE(cache.find(name_of(i))) << "after " << scan - 999;
    }
  }
}

TEST(TokenCache, ANewHotSetTakesThePlaceOfAnOldOne) {
  TokenCache cache(TokenCache::kWays);
  for (uint64_t i = 1; i <= TokenCache::kWays; ++i) {
    put(cache, name_of(i), "old");
    EXPECT_TRUE(cache.find(name_of(i)));
  }
  size_t hits = 0;
  for (int round = 0; round < 200; ++round) {
    for (uint64_t i = 101; i <= 106; ++i) {
      if (cache.find(name_of(i))) {
        ++hits;
      } else {
        put(cache, name_of(i), "new");
      }
    }
  }
  EXPECT_GT(hits, 600u) << "of 1200";
}

TEST(TokenCache, KeepsNoTextThatDoesNotFit) {
  TokenCache cache(TokenCache::kWays);
  put(cache, name_of(1), std::string(TokenCache::kTextMax, 'x'));
  EXPECT_TRUE(cache.find(name_of(1)));
  put(cache, name_of(2), std::string(TokenCache::kTextMax + 1, 'x'));
  EXPECT_FALSE(cache.find(name_of(2)));
}

TEST(TokenCache, OfNoEntriesHoldsNone) {
  TokenCache cache(0);
  put(cache, name_of(1), "x");
  EXPECT_FALSE(cache.find(name_of(1)));
  cache.drop(name_of(1));
  EXPECT_EQ(cache.capacity(), 0u);
}

TEST(TokenCache, RoundsUpToAPowerOfTwo) {
  EXPECT_EQ(TokenCache(1).capacity(), TokenCache::kWays);
  EXPECT_EQ(TokenCache(TokenCache::kWays + 1).capacity(), 2 * TokenCache::kWays);
  EXPECT_EQ(TokenCache(1000).capacity(), 1024u);
}

}  // namespace
}  // namespace signet
