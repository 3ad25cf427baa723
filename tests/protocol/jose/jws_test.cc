#include "protocol/jose/jws.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>

#include "tests/support/expected.h"

namespace signet {
namespace {

using Error = CompactJwsError;

std::optional<Error> error_of(std::string_view token) { return testing_support::error_of(split_compact_jws(token)); }

TEST(CompactJws, SplitsAtTheTwoDots) {
  const auto jws = split_compact_jws("aa.bbb.c");
  ASSERT_TRUE(jws);
  EXPECT_EQ(jws->header(), "aa");
  EXPECT_EQ(jws->payload(), "bbb");
  EXPECT_EQ(jws->signature(), "c");
  EXPECT_EQ(jws->signing_input(), "aa.bbb");
  EXPECT_EQ(split_compact_jws("aa..c")->signing_input(), "aa.");  // an empty payload is a payload
}

TEST(CompactJws, RefusesEveryOtherNumberOfSegments) {
  for (const char* token : {"", "a", ".", "a.b", "a.", "a.b.c.d", "a.b.c.", ".a.b.c", "a.b.c.d.e", "a.b..d", "..."}) {
    EXPECT_EQ(error_of(token), Error::kSegments) << token;
  }
}

TEST(CompactJws, RefusesAMissingSignature) {  // RFC 8725 section 3.2
  EXPECT_EQ(error_of("a.b."), Error::kMissingSignature);
  EXPECT_EQ(error_of("a.."), Error::kMissingSignature);
}

TEST(CompactJws, RefusesAnEmptyHeader) {
  EXPECT_EQ(error_of(".b.c"), Error::kEmptyHeader);
  EXPECT_EQ(error_of(".."), Error::kEmptyHeader);
}

TEST(CompactJws, RefusesJsonSerialisation) {  // RFC 7515 section 7.2
  EXPECT_EQ(error_of(R"({"payload":"eyJ","signatures":[{"protected":"e30","signature":"AA"}]})"), Error::kSegments);
}

TEST(CompactJws, TheSizeLimitIsExact) {
  std::string token(kJwsSizeMax, 'a');
  token[1] = token[3] = '.';
  EXPECT_TRUE(split_compact_jws(token));
  EXPECT_EQ(error_of(token + "a"), Error::kTooLarge);
}

// CVE-2025-30204: a token of dots must not cost memory or time in proportion to its dots.
TEST(CompactJws, RefusesDotsInUnderAMillisecondEach) {
  const std::string dots(64 * 1024, '.'), allowed(kJwsSizeMax, '.');
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(error_of(dots), Error::kTooLarge);
    EXPECT_EQ(error_of(allowed), Error::kSegments);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(100));
}

TEST(AppendJwsSignature, WritesBehindTheInputAndNeverPastTheEnd) {
  const std::array<uint8_t, 4> signature{1, 2, 3, 4};
  std::string token = "a.b#######!";
  EXPECT_EQ(append_jws_signature({token.data(), 9}, 3, signature), 0u);
  EXPECT_EQ(token, "a.b#######!");
  EXPECT_EQ(append_jws_signature({token.data(), 10}, 3, signature), 10u);
  EXPECT_EQ(token, "a.b.AQIDBA!");
}

}  // namespace
}  // namespace signet
