// Scopes: RFC 6749 3.3 and appendix A.4.
#include "protocol/oauth/scope.h"

#include <gtest/gtest.h>

#include <string>

namespace signet {
namespace {

TEST(Scope, TakesEveryCharacterOfTheRfcAndNoOther) {
  for (int c = 0; c < 256; ++c) {
    const bool allowed = c == 0x21 || (c >= 0x23 && c <= 0x5B) || (c >= 0x5D && c <= 0x7E);
    EXPECT_EQ(valid_scope_token(std::string(1, char(c))), allowed) << c;
  }
}

TEST(Scope, BoundsATokenByItsSize) {
  EXPECT_FALSE(valid_scope_token(""));
  EXPECT_TRUE(valid_scope_token(std::string(kScopeTokenSizeMax, 'a')));
  EXPECT_FALSE(valid_scope_token(std::string(kScopeTokenSizeMax + 1, 'a')));
}

TEST(Scope, TakesTokensBetweenSingleSpaces) {
  for (const char* scope : {"a", "a b", "a.read a.write b.read", "https://x/y:z", "a A"})
    EXPECT_TRUE(valid_scope(scope)) << scope;
}

TEST(Scope, RefusesOtherSpacing) {
  for (const char* scope : {"", " ", " a", "a ", "a  b", "a\tb", "a\nb", "a b ", "  "})
    EXPECT_FALSE(valid_scope(scope)) << '[' << scope << ']';
}

TEST(Scope, RefusesCharactersThatJsonWouldEscape) {
  for (const char* scope : {"a\"", "a\\b", "a b\"c", "\xC3\xA4", "a\x7F"}) EXPECT_FALSE(valid_scope(scope)) << scope;
}

TEST(Scope, RefusesARepeatedToken) {
  for (const char* scope : {"a a", "a b a", "a.read b a.read"}) EXPECT_FALSE(valid_scope(scope)) << scope;
}

TEST(Scope, RefusesARepetitionAmongManyTokens) {
  std::string scope = "s0";
  for (int i = 1; i < 200; ++i) scope += " s" + std::to_string(i);
  EXPECT_TRUE(valid_scope(scope));
  for (int i : {0, 1, 99, 199}) EXPECT_FALSE(valid_scope(scope + " s" + std::to_string(i))) << i;
}

TEST(Scope, BoundsTheWhole) {
  std::string scope = "0";
  for (size_t i = 1; i < kScopeTokensMax; ++i) scope += " " + std::to_string(i);
  EXPECT_TRUE(valid_scope(scope));
  EXPECT_FALSE(valid_scope(scope + " x"));
  std::string large;
  for (char c = 'a'; large.size() <= kScopeSizeMax; ++c) large += std::string(kScopeTokenSizeMax, c) + " ";
  large.pop_back();
  EXPECT_FALSE(valid_scope(large));
}

TEST(Scope, FindsWholeTokensOnly) {
  EXPECT_TRUE(scope_contains("a.read a.write", "a.write"));
  EXPECT_TRUE(scope_contains("a", "a"));
  for (const char* wanted : {"a", "read", "a.rea", "a.readx", "A.read", "a.read a.write", " "})
    EXPECT_FALSE(scope_contains("a.read a.write", wanted)) << wanted;
  EXPECT_FALSE(scope_contains("", "a"));
}

TEST(Scope, IsASubsetInAnyOrder) {
  EXPECT_TRUE(scope_is_subset("a b c", "c a"));
  EXPECT_TRUE(scope_is_subset("a b c", ""));
  EXPECT_TRUE(scope_is_subset("", ""));
}

TEST(Scope, IsNoSubsetWithOneForeignToken) {
  EXPECT_FALSE(scope_is_subset("a b c", "a d"));
  EXPECT_FALSE(scope_is_subset("a b c", "d a"));
  EXPECT_FALSE(scope_is_subset("ab", "a b"));
  EXPECT_FALSE(scope_is_subset("", "a"));
}

}  // namespace
}  // namespace signet
