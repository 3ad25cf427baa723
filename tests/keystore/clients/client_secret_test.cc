#include "keystore/clients/client_secret.h"

#include <gtest/gtest.h>

#include <set>

#include "keystore/clients/client_record.h"
#include "tests/keystore/clients/clients_for_test.h"

namespace signet {
namespace {

HashKey key_of(uint8_t fill) {
  HashKey key;
  key.fill(fill);
  return key;
}

const std::string kSecret = "correct-horse-battery-staple-0123456789~._A";

class PepperTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(digest_start()); }
  ClientRecordPointer record_with(std::vector<ClientSecret> secrets, uint32_t tenant = 0, std::string id = "a") {
    Client client = test_client(tenant, std::move(id));
    client.secrets = std::move(secrets);
    return make_client_record(client);
  }
  const std::array<HashKey, 2> keys_{key_of(1), key_of(2)};
  const Pepper old_pepper_{3, std::span(keys_).first(1)};
  const Pepper pepper_{3, keys_};
};

TEST_F(PepperTest, AcceptsTheSecretAndNamesItsPlace) {
  const auto record = record_with({pepper_.hash(0, "a", kSecret, 5), pepper_.hash(0, "a", kSecret + "2", 6)});
  EXPECT_EQ(pepper_.verify(record.get(), 0, "a", kSecret), 0);
  EXPECT_EQ(pepper_.verify(record.get(), 0, "a", kSecret + "2"), 1);
  EXPECT_EQ(record->secret(1).created_at, 6);
  EXPECT_EQ(record->secret(1).pepper_version, 4);
}

TEST_F(PepperTest, RefusesEveryOtherSecret) {
  const auto record = record_with({pepper_.hash(0, "a", kSecret, 5), pepper_.hash(0, "a", kSecret + "2", 6)});
  for (size_t i = 0; i < kSecret.size(); ++i) {
    std::string wrong = kSecret;
    wrong[i] = static_cast<char>(wrong[i] ^ 1);
    EXPECT_EQ(pepper_.verify(record.get(), 0, "a", wrong), -1);
  }
  EXPECT_EQ(pepper_.verify(record.get(), 0, "a", ""), -1);
  EXPECT_EQ(pepper_.verify(record.get(), 0, "a", kSecret.substr(1)), -1);
  EXPECT_EQ(pepper_.verify(record.get(), 0, "a", kSecret + "3"), -1);
}

TEST_F(PepperTest, AHashMovedToAnotherClientOrTenantVerifiesNothing) {
  const ClientSecret secret = pepper_.hash(0, "a", kSecret, 5);
  const auto other_client = record_with({secret}, 0, "b");
  EXPECT_EQ(pepper_.verify(other_client.get(), 0, "b", kSecret), -1);
  const auto other_tenant = record_with({secret}, 1, "a");
  EXPECT_EQ(pepper_.verify(other_tenant.get(), 1, "a", kSecret), -1);
}

TEST_F(PepperTest, TheBorderBetweenIdAndSecretIsPartOfTheHash) {
  EXPECT_NE(pepper_.hash(0, "ab", "cdef", 0).hash, pepper_.hash(0, "abc", "def", 0).hash);
  EXPECT_NE(pepper_.hash(0, "ab", "", 0).hash, pepper_.hash(0, "", "ab", 0).hash);
}

TEST_F(PepperTest, AnUnknownClientOrOneWithoutASecretIsRefused) {
  EXPECT_EQ(pepper_.verify(nullptr, 0, "a", kSecret), -1);
  EXPECT_EQ(pepper_.verify(record_with({}).get(), 0, "a", kSecret), -1);
}

TEST_F(PepperTest, ARecordOfZeroesIsNoSecret) {
  // What stands in for an absent secret must not be a secret that somebody could find.
  EXPECT_EQ(pepper_.verify(record_with({ClientSecret{}}).get(), 0, "a", ""), -1);
}

TEST_F(PepperTest, AnOlderPepperStillVerifies) {
  const auto record = record_with({old_pepper_.hash(0, "a", kSecret, 5)});
  EXPECT_EQ(record->secret(0).pepper_version, 3);
  EXPECT_EQ(pepper_.verify(record.get(), 0, "a", kSecret), 0);
  const auto both = record_with({pepper_.hash(0, "a", "the-newer-secret", 6), old_pepper_.hash(0, "a", kSecret, 5)});
  EXPECT_EQ(pepper_.verify(both.get(), 0, "a", kSecret), 1);
  EXPECT_EQ(pepper_.verify(both.get(), 0, "a", "the-newer-secret"), 0);
}

TEST_F(PepperTest, AHashUnderAnUnknownPepperIsRefused) {
  ClientSecret secret = pepper_.hash(0, "a", kSecret, 5);
  for (const uint8_t version : {0, 2, 5, 255}) {
    secret.pepper_version = version;
    EXPECT_EQ(pepper_.verify(record_with({secret}).get(), 0, "a", kSecret), -1) << int{version};
  }
}

TEST_F(PepperTest, AHashUnderAnotherVersionsKeyIsRefused) {
  ClientSecret secret = pepper_.hash(0, "a", kSecret, 5);
  secret.pepper_version = 3;
  EXPECT_EQ(pepper_.verify(record_with({secret}).get(), 0, "a", kSecret), -1);
}

TEST_F(PepperTest, OverlongInputIsRefusedAndNotCut) {
  const std::string longest(256, 's');
  const auto record = record_with({pepper_.hash(0, "a", longest, 5)});
  EXPECT_EQ(pepper_.verify(record.get(), 0, "a", longest), 0);
  EXPECT_EQ(pepper_.verify(record.get(), 0, "a", longest + "s"), -1);
  EXPECT_EQ(pepper_.verify(nullptr, 0, std::string(5000, 'i'), longest), -1);
}

TEST(ClientSecretGenerate, Has43CharactersOfTheAlphabetAndNeverRepeats) {
  std::set<std::string> seen;
  std::array<int, 256> counts{};
  for (int i = 0; i < 2000; ++i) {
    const std::string secret = generate_client_secret();
    ASSERT_EQ(secret.size(), kGeneratedSecretSize);
    ASSERT_TRUE(valid_client_secret(secret));
    ASSERT_TRUE(valid_client_id(secret)) << "the alphabets are the same";
    ASSERT_TRUE(seen.insert(secret).second);
    for (const char c : secret) ++counts[static_cast<uint8_t>(c)];
  }
  // 86,000 characters over 66: 1303 each, standard deviation 36. `octet % 66` without rejection would give 58 of them
  // 1344 and eight 1008. Eight deviations, so that chance fails one run in 10^13.
  for (const char c : std::string_view("ABCXYZabcxyz0123456789-._~")) {
    EXPECT_NEAR(counts[static_cast<uint8_t>(c)], 1303, 288) << c;
  }
  EXPECT_GT(
      counts['~'] + counts['_'] + counts['.'] + counts['-'] + counts['9'] + counts['8'] + counts['7'] + counts['6'],
      8 * 1303 - 800)
      << "the end of the alphabet is rarer: biased";
}

TEST(ClientSecretRules, IdsAreUnreservedCharactersOnly) {
  EXPECT_TRUE(valid_client_id("a"));
  EXPECT_TRUE(valid_client_id(std::string(128, '~')));
  for (const char* bad : {"", "a b", "a:b", "a/b", "a%41", "a+b", "\xC3\xA9", "a\n", "\"a\""}) {
    EXPECT_FALSE(valid_client_id(bad)) << bad;
  }
  EXPECT_FALSE(valid_client_id(std::string(129, 'a')));
}

TEST(ClientSecretRules, GivenSecretsAre16To256PrintableCharacters) {
  EXPECT_TRUE(valid_client_secret("0123456789abcdef"));
  EXPECT_TRUE(valid_client_secret("with : % + space"));
  EXPECT_TRUE(valid_client_secret(std::string(256, 'x')));
  EXPECT_FALSE(valid_client_secret("0123456789abcde"));
  EXPECT_FALSE(valid_client_secret(std::string(257, 'x')));
  EXPECT_FALSE(valid_client_secret("0123456789abcdef\n"));
  EXPECT_FALSE(valid_client_secret("0123456789abcdef\x7F"));
  EXPECT_FALSE(valid_client_secret("0123456789abcd\xC3\xA9"));
}

}  // namespace
}  // namespace signet
