#include "protocol/oauth/refresh_token.h"

#include <gtest/gtest.h>

#include <string>

namespace signet {
namespace {

HashKey key_of(uint8_t octet) {
  HashKey key;
  key.fill(octet);
  return key;
}

RefreshToken example() {
  RefreshToken token{.key_version = 3, .sequence = 0x01020304};
  for (size_t i = 0; i < token.family.size(); ++i) token.family[i] = static_cast<uint8_t>(i);
  for (size_t i = 0; i < token.secret.size(); ++i) token.secret[i] = static_cast<uint8_t>(0x80 + i);
  return token;
}

std::string text_of(const RefreshToken& token, const RefreshKeys& keys) {
  std::string text(kRefreshTokenSize, '\0');
  write_refresh_token(keys, token, text.data());
  return text;
}

std::optional<RefreshToken> accept(std::string_view text, const RefreshKeys& keys) {
  const auto unchecked = UncheckedRefreshToken::read(text);
  return unchecked ? unchecked->check(keys) : std::nullopt;
}

class RefreshTokenTest : public testing::Test {
 protected:
  const RefreshKeys keys_ = derive_refresh_keys(key_of(7));
  const RefreshToken token_ = example();
  const std::string text_ = text_of(token_, keys_);
};

TEST_F(RefreshTokenTest, ComesBackAsItWasWritten) {
  const auto unchecked = UncheckedRefreshToken::read(text_);
  ASSERT_TRUE(unchecked);
  EXPECT_EQ(unchecked->key_version(), 3);
  const auto read = unchecked->check(keys_);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->family, token_.family);
  EXPECT_EQ(read->sequence, token_.sequence);
  EXPECT_EQ(read->secret, token_.secret);
}

TEST_F(RefreshTokenTest, BeginsWithItsVersionAndItsKeysVersion) {
  // 0x01 0x03 0x00 in base64url.
  EXPECT_EQ(text_.substr(0, 4), "AQMA");
  EXPECT_EQ(text_.size(), 83u);
}

TEST_F(RefreshTokenTest, AnyCharacterChangedIsNotOurs) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (size_t i = 0; i < text_.size(); ++i) {
    for (const char other : kAlphabet) {
      if (other == text_[i]) continue;
      std::string forged = text_;
      forged[i] = other;
      EXPECT_FALSE(accept(forged, keys_)) << "character " << i << " as " << other;
    }
  }
}

TEST_F(RefreshTokenTest, UnusedBitsAreZero) {
  // 62 octets leave two bits of the last character: the three other spellings of the same octets are refused as text.
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const size_t last = kAlphabet.find(text_.back());
  ASSERT_EQ(last % 4, 0u);
  for (size_t bits = 1; bits < 4; ++bits) {
    std::string other = text_;
    other.back() = kAlphabet[last + bits];
    EXPECT_FALSE(UncheckedRefreshToken::read(other));
  }
}

TEST_F(RefreshTokenTest, RefusesOtherSizesAndAlphabets) {
  EXPECT_FALSE(UncheckedRefreshToken::read(""));
  EXPECT_FALSE(UncheckedRefreshToken::read(text_.substr(0, 82)));
  EXPECT_FALSE(UncheckedRefreshToken::read(text_ + "A"));
  EXPECT_FALSE(UncheckedRefreshToken::read(text_ + "="));
  EXPECT_FALSE(UncheckedRefreshToken::read(" " + text_.substr(1)));
  for (const char bad : {'+', '/', '=', ' ', '\n', '\0', '.', '\xC3'}) {
    std::string other = text_;
    other[40] = bad;
    EXPECT_FALSE(UncheckedRefreshToken::read(other));
  }
}

TEST_F(RefreshTokenTest, RefusesAnotherVersionEvenWithItsMac) {
  std::string other = text_;
  other[1] = 'A';  // version 0
  EXPECT_FALSE(UncheckedRefreshToken::read(other));
  other[1] = 'g';  // version 2
  EXPECT_FALSE(UncheckedRefreshToken::read(other));
}

TEST_F(RefreshTokenTest, AnotherFamilyKeyRefusesIt) {
  EXPECT_FALSE(accept(text_, derive_refresh_keys(key_of(8))));
  RefreshKeys crossed = keys_;
  crossed.mac = keys_.hash;
  EXPECT_FALSE(accept(text_, crossed));
}

TEST_F(RefreshTokenTest, SubKeysDiffer) {
  EXPECT_NE(keys_.mac, keys_.next);
  EXPECT_NE(keys_.mac, keys_.hash);
  EXPECT_NE(keys_.next, keys_.hash);
  EXPECT_EQ(keys_.next, derive_key(key_of(7), "rt-next"));
}

TEST_F(RefreshTokenTest, TheSuccessorIsTheSameEachTime) {
  RefreshSalt salt;
  salt.fill(0x55);
  const auto next = next_refresh_secret(keys_, token_.secret, token_.family, 9, salt);
  EXPECT_EQ(next, next_refresh_secret(keys_, token_.secret, token_.family, 9, salt));
  EXPECT_NE(next, token_.secret);
}

TEST_F(RefreshTokenTest, EverythingGoesIntoTheSuccessor) {
  const RefreshSalt salt{};
  const auto next = next_refresh_secret(keys_, token_.secret, token_.family, 9, salt);
  auto secret = token_.secret;
  secret[31] ^= 1;
  auto family = token_.family;
  family[15] ^= 1;
  auto other_salt = salt;
  other_salt[15] ^= 1;
  EXPECT_NE(next, next_refresh_secret(keys_, secret, token_.family, 9, salt));
  EXPECT_NE(next, next_refresh_secret(keys_, token_.secret, family, 9, salt));
  EXPECT_NE(next, next_refresh_secret(keys_, token_.secret, token_.family, 10, salt));
  EXPECT_NE(next, next_refresh_secret(keys_, token_.secret, token_.family, 9, other_salt));
  EXPECT_NE(next, next_refresh_secret(derive_refresh_keys(key_of(8)), token_.secret, token_.family, 9, salt));
}

TEST_F(RefreshTokenTest, TheSuccessorIsTheHashThatTheHeaderDescribes) {
  RefreshSalt salt;
  salt.fill(0x55);
  std::string message(reinterpret_cast<const char*>(token_.secret.data()), 32);
  message.append(reinterpret_cast<const char*>(token_.family.data()), 16);
  message.append("\0\0\0\x09", 4);
  message.append(16, 0x55);
  EXPECT_EQ(next_refresh_secret(keys_, token_.secret, token_.family, 9, salt),
            keyed_hash_256(derive_key(key_of(7), "rt-next"), as_bytes(message)));
}

TEST_F(RefreshTokenTest, EverythingGoesIntoTheStoredHash) {
  const auto hash = hash_refresh_secret(keys_, token_.family, 4, token_.secret);
  auto secret = token_.secret;
  secret[0] ^= 1;
  auto family = token_.family;
  family[0] ^= 1;
  EXPECT_NE(hash, hash_refresh_secret(keys_, token_.family, 5, token_.secret));
  EXPECT_NE(hash, hash_refresh_secret(keys_, token_.family, 4, secret));
  EXPECT_NE(hash, hash_refresh_secret(keys_, family, 4, token_.secret));
  EXPECT_NE(hash, hash_refresh_secret(derive_refresh_keys(key_of(8)), token_.family, 4, token_.secret));
}

TEST(FamilyName, ComesBackAndNothingElseDoes) {
  const FamilyId family = example().family;
  const FamilyName name = family_name_of(family);
  EXPECT_EQ(name.text(), "AAECAwQFBgcICQoLDA0ODw");
  EXPECT_EQ(family_named(name.text()), family);
  EXPECT_FALSE(family_named(""));
  EXPECT_FALSE(family_named("AAECAwQFBgcICQoLDA0OD"));
  EXPECT_FALSE(family_named("AAECAwQFBgcICQoLDA0ODx"));  // an unused bit
  EXPECT_FALSE(family_named("AAECAwQFBgcICQoLDA0ODw=="));
  EXPECT_FALSE(family_named("AAECAwQFBgcICQoLDA0OD/"));
}

}  // namespace
}  // namespace signet
