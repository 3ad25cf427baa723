// The text of API tokens: its shape, its randomness, and the hash that names it.
#include "keystore/grants/api_token_text.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace signet {
namespace {

class ApiTokenText : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(digest_start()); }
};

TEST_F(ApiTokenText, IsThirtyTwoCharactersOfBase64url) {
  std::set<std::string> seen;
  std::array<std::set<char>, kApiTokenTextSize> at;
  for (int i = 0; i < 2000; ++i) {
    const SecretBytes made = generate_api_token_text();
    const std::string text(as_text(made.expose()));
    ASSERT_TRUE(valid_api_token_text(text)) << text;
    EXPECT_TRUE(seen.insert(text).second) << "twice";
    for (size_t c = 0; c < text.size(); ++c) at[c].insert(text[c]);
  }
  for (const auto& characters : at) EXPECT_EQ(characters.size(), 64U) << "every character is random";
}

TEST_F(ApiTokenText, OfAnotherSystemIsSixteenTo128VisibleCharacters) {
  std::string all;
  for (char c = '!'; c <= '~'; ++c) all += c;
  for (const std::string& good :
       {std::string(16, 'a'), std::string(128, '~'), all, std::string("0123456789abcdef0123456789abcdef01234567")}) {
    EXPECT_TRUE(valid_api_token_text(good)) << good;
  }
  EXPECT_TRUE(takes_given_text(ApiTokenKind::kApiKey));
  EXPECT_TRUE(takes_given_text(ApiTokenKind::kVcloud));
  EXPECT_FALSE(takes_given_text(ApiTokenKind::kSandbox));
  EXPECT_FALSE(takes_given_text(ApiTokenKind{}));
}

TEST_F(ApiTokenText, OfAnotherShapeIsNone) {
  const std::string good = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcd-_";
  EXPECT_TRUE(valid_api_token_text(good));
  EXPECT_FALSE(valid_api_token_text({}));
  EXPECT_FALSE(valid_api_token_text(std::string(15, 'a')));
  EXPECT_FALSE(valid_api_token_text(std::string(129, 'a')));
  for (size_t i = 0; i < good.size(); ++i) {
    for (const char bad : {' ', '\0', '\n', '\t', '\x7F', '\x80', '\xFF'}) {
      std::string text = good;
      text[i] = bad;
      EXPECT_FALSE(valid_api_token_text(text)) << i;
    }
  }
}

TEST_F(ApiTokenText, ItsIdIsTheKeyedHashOfItsCharacters) {
  std::array<HashKey, 2> roots;
  roots[0].fill(1);
  roots[1].fill(2);
  const FamilyKeys keys(1, roots);
  const std::string_view text = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcd-_";
  // By Python's hashlib.blake2b, sub-key and all.
  constexpr ApiTokenId kExpected{0x9f, 0x3a, 0xd1, 0xfd, 0x4b, 0xe2, 0x35, 0x95,
                                 0x28, 0xc2, 0x9a, 0xd8, 0x3f, 0xec, 0x1e, 0x0a};
  EXPECT_EQ(api_token_id_of(keys, 1, text), kExpected);
  EXPECT_NE(api_token_id_of(keys, 2, text), kExpected);
  EXPECT_NE(api_token_id_of(keys, 1, "BBCDEFGHIJKLMNOPQRSTUVWXYZabcd-_"), kExpected);
}

}  // namespace
}  // namespace signet
