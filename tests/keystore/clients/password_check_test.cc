// Passwords of people: what a verifier takes, what it never takes, and what nobody has costs the same work.
#include "keystore/clients/password_check.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <memory>

#include "keystore/clients/client_record.h"
#include "tests/keystore/clients/clients_for_test.h"
#include "tests/support/sanitizers.h"

namespace signet {
namespace {

using enum PasswordVerdict;
constexpr PasswordCost kCheap{.memory_kib = 8, .passes = 1};

std::unique_ptr<Pepper> pepper_of(uint8_t first, std::initializer_list<uint8_t> fills) {
  std::vector<HashKey> keys(fills.size());
  for (size_t i = 0; i < keys.size(); ++i) keys[i].fill(fills.begin()[i]);
  return std::make_unique<Pepper>(first, keys);
}

class PasswordCheckTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(digest_start()); }
  PasswordVerdict verify(const std::optional<PasswordVerifier>& verifier, std::string_view password,
                         std::string_view id = "anna", uint32_t tenant = 3) const {
    return check_.verify(verifier, tenant, id, password);
  }
  std::unique_ptr<Pepper> pepper_ = pepper_of(1, {9});
  PasswordCheck check_{*pepper_, kCheap};
  PasswordVerifier verifier_ = check_.hash(3, "anna", "s\xC3\xA4sam open").value();
};

TEST_F(PasswordCheckTest, TakesThePasswordOfThatClientAlone) {
  EXPECT_EQ(verify(verifier_, "s\xC3\xA4sam open"), kRight);
  for (const char* wrong : {"", "s\xC3\xA4sam ope", "s\xC3\xA4sam open ", "S\xC3\xA4sam open", "sa\xCC\x88sam open"}) {
    EXPECT_EQ(verify(verifier_, wrong), kWrong) << wrong;
  }
  EXPECT_EQ(verify(verifier_, "s\xC3\xA4sam open", "annb"), kWrong) << "a verifier moved to another client";
  EXPECT_EQ(verify(verifier_, "s\xC3\xA4sam open", "anna", 4), kWrong) << "or tenant";
}

TEST_F(PasswordCheckTest, EachChangedOctetOfAVerifierHoldsNothing) {
  for (size_t i = 0; i < verifier_.hash.size(); ++i) {
    PasswordVerifier other = verifier_;
    other.hash[i] ^= 1;
    EXPECT_EQ(verify(other, "s\xC3\xA4sam open"), kWrong) << i;
  }
  for (size_t i = 0; i < verifier_.salt.size(); ++i) {
    PasswordVerifier other = verifier_;
    other.salt[i] ^= 1;
    EXPECT_EQ(verify(other, "s\xC3\xA4sam open"), kWrong) << i;
  }
  PasswordVerifier dearer = verifier_;
  dearer.cost.passes = 2;
  EXPECT_EQ(verify(dearer, "s\xC3\xA4sam open"), kWrong);
}

TEST_F(PasswordCheckTest, EqualPasswordsHaveDifferentVerifiers) {
  const auto again = check_.hash(3, "anna", "s\xC3\xA4sam open");
  EXPECT_NE(again->salt, verifier_.salt);
  EXPECT_NE(again->hash, verifier_.hash);
}

TEST_F(PasswordCheckTest, WhoHasNoneIsWrongAfterTheSameWork) {
  EXPECT_EQ(verify(std::nullopt, "s\xC3\xA4sam open"), kWrong);
  EXPECT_EQ(verify(std::nullopt, ""), kWrong);
}

// The work is a hash of the current cost: where there is no memory for that, there is no answer, for nobody.
TEST_F(PasswordCheckTest, WithoutMemoryNothingIsSaid) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's own memory is beyond any limit";
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  rlimit little = before;
  little.rlim_cur = rlim_t{1} << 30;
  ASSERT_EQ(setrlimit(RLIMIT_AS, &little), 0);
  const PasswordCheck dear(*pepper_, {.memory_kib = kPasswordMemoryKibMax, .passes = 1});
  const auto unknown = dear.verify(std::nullopt, 3, "anna", "x");
  const auto made = dear.hash(3, "anna", "x");
  const auto cheap = dear.verify(verifier_, 3, "anna", "s\xC3\xA4sam open");
  ASSERT_EQ(setrlimit(RLIMIT_AS, &before), 0);
  EXPECT_EQ(unknown, kUnavailable) << "an unknown client cost less than the current cost";
  EXPECT_FALSE(made.has_value());
  EXPECT_EQ(cheap, kRight) << "a verifier is verified at its own cost";
}

TEST_F(PasswordCheckTest, AnotherPepperHoldsNothing) {
  const auto other = pepper_of(1, {8});
  EXPECT_EQ(PasswordCheck(*other, kCheap).verify(verifier_, 3, "anna", "s\xC3\xA4sam open"), kWrong);
  PasswordVerifier unknown = verifier_;
  unknown.pepper_version = 2;
  EXPECT_EQ(verify(unknown, "s\xC3\xA4sam open"), kWrong);
  unknown.pepper_version = 0;
  EXPECT_EQ(verify(unknown, "s\xC3\xA4sam open"), kWrong);
}

TEST_F(PasswordCheckTest, AnOlderPepperIsStillTakenAndTheNewestIsUsed) {
  const auto both = pepper_of(1, {9, 10});
  const PasswordCheck check(*both, kCheap);
  EXPECT_EQ(check.verify(verifier_, 3, "anna", "s\xC3\xA4sam open"), kRight);
  EXPECT_EQ(check.hash(3, "anna", "x")->pepper_version, 2);
}

TEST_F(PasswordCheckTest, IsOfAnotherDomainThanSecrets) {
  const HashKey* of_passwords = pepper_->password_key(1);
  ASSERT_NE(of_passwords, nullptr);
  HashKey of_secrets;
  of_secrets.fill(9);
  EXPECT_NE(*of_passwords, of_secrets);
  EXPECT_EQ(pepper_->password_key(0), nullptr);
  EXPECT_EQ(pepper_->password_key(2), nullptr);
}

TEST_F(PasswordCheckTest, ACostThatIsOutOfBoundsSaysNothing) {
  PasswordVerifier impossible = verifier_;
  impossible.cost = {.memory_kib = 1, .passes = 1};
  EXPECT_EQ(verify(impossible, "s\xC3\xA4sam open"), kUnavailable);
  impossible.cost = {.memory_kib = 8, .passes = 0};
  EXPECT_EQ(verify(impossible, "s\xC3\xA4sam open"), kUnavailable);
  for (const PasswordCost cost : {PasswordCost{0, 1}, PasswordCost{7, 1}, PasswordCost{1024 * 1024 + 1, 1},
                                  PasswordCost{8, 0}, PasswordCost{8, 17}}) {
    EXPECT_FALSE(valid_password_cost(cost)) << cost.memory_kib << " " << int{cost.passes};
  }
  EXPECT_TRUE(valid_password_cost({}));
}

TEST_F(PasswordCheckTest, TheLastOfManyOctetsCounts) {
  std::string longest(kPasswordSizeMax, 'a');
  const auto verifier = check_.hash(3, "anna", longest);
  EXPECT_EQ(verify(verifier, longest), kRight);
  EXPECT_EQ(verify(verifier, longest + "a"), kWrong) << "cut off at the limit";
  longest.back() = 'b';
  EXPECT_EQ(verify(verifier, longest), kWrong);
}

TEST(ValidPassword, IsUtf8OfOneTo1024OctetsWithoutControlCharacters) {
  for (const std::string& good :
       {std::string("a"), std::string(1024, 'a'), std::string("\xF0\x9F\x90\xB4 \xC3\xA4 x")}) {
    EXPECT_TRUE(valid_password(good)) << good;
  }
  for (const std::string& bad :
       {std::string(), std::string(1025, 'a'), std::string("a\0b", 3), std::string("a\nb"), std::string("a\x7F"),
        std::string("\xFF"), std::string("\xC3"), std::string("\xED\xA0\x80")}) {
    EXPECT_FALSE(valid_password(bad)) << bad;
  }
}

TEST(ClientRecordPassword, IsCarriedByThoseThatHaveOne) {
  Client client = test_client(0, "client-0123456789abc");
  const size_t without = make_client_record(client)->resident_bytes();
  EXPECT_EQ(make_client_record(client)->password(), nullptr);
  client.password = PasswordVerifier{.cost = {.memory_kib = 9, .passes = 3}, .pepper_version = 4};
  client.password->salt.fill(5);
  client.password->hash.fill(6);
  for (const size_t secrets : {size_t{0}, size_t{1}, size_t{2}}) {
    client.secrets.assign(secrets, test_secret(7));
    const auto record = make_client_record(client);
    ASSERT_NE(record->password(), nullptr);
    EXPECT_EQ(*record->password(), *client.password);
    EXPECT_EQ(record->client_id(), client.client_id);
    EXPECT_EQ(record->scope(), client.scope);
    EXPECT_EQ(record->audience(0), client.audiences[0]);
    EXPECT_EQ(record->secret_count(), secrets);
    EXPECT_EQ(record->unpack().password, client.password);
  }
  client.secrets = {test_secret(7)};
  EXPECT_LE(make_client_record(client)->resident_bytes(), 320u);
  client.password.reset();
  EXPECT_EQ(make_client_record(client)->resident_bytes(), without) << "records without one grew";
}

}  // namespace
}  // namespace signet
