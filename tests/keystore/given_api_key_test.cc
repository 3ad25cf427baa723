// API keys of other systems, taken over as they are: found by their text, once, and by nothing near it.
#include "keystore/key_cells.h"
#include "tests/keystore/keystore_fixture.h"

namespace signet {
namespace {

using Kind = StoreErrorKind;

class GivenApiKeyTest : public KeystoreFixture {
 protected:
  void SetUp() override {
    open(true);
    ASSERT_TRUE(add(client("a")).has_value());
  }
  std::expected<Keystore::MadeApiToken, StoreError> take_over(std::string_view text,
                                                              ApiTokenKind kind = ApiTokenKind::kApiKey) {
    ApiToken token{.kind = kind, .client_id = "a", .subject = "a", .name = "old", .scope = "a"};
    return await<Keystore::MadeApiToken>([&](auto done) {
      keystore_->take_over_api_token(kActor, token, SecretBytes::copy_of(as_bytes(text)), std::move(done));
    });
  }
  bool known(std::string_view text, uint32_t tenant = 0) const {
    return keystore_->identify_api_token(tenant, text).has_value();
  }
  static constexpr std::string_view kNova = "0123456789abcdef0123456789abcdef01234567";
};

TEST_F(GivenApiKeyTest, IsFoundByItsText) {
  const std::string longest(128, '~');
  for (const std::string_view text : {kNova, std::string_view("16-characters-ok"), std::string_view(longest)}) {
    const auto made = take_over(text);
    ASSERT_TRUE(made.has_value()) << made.error().text;
    EXPECT_EQ(as_text(made->text.expose()), text);
    EXPECT_EQ(keystore_->identify_api_token(0, text), made->token.id);
  }
  EXPECT_TRUE(take_over("ABCDEFGHIJKLMNOPQRSTUVWXYZabcd-_", ApiTokenKind::kVcloud).has_value());
  reopen();
  EXPECT_TRUE(known(kNova));
  EXPECT_TRUE(known(longest));
}

TEST_F(GivenApiKeyTest, NothingNearItIsFound) {
  ASSERT_TRUE(take_over(kNova).has_value());
  for (size_t i = 0; i < kNova.size(); ++i) {
    std::string other(kNova);
    other[i] = other[i] == 'z' ? 'y' : 'z';
    EXPECT_FALSE(known(other)) << i;
  }
  EXPECT_FALSE(known(kNova.substr(1)));
  EXPECT_FALSE(known(std::string(kNova) + "0"));
  EXPECT_FALSE(known("0123456789ABCDEF0123456789ABCDEF01234567"));
  EXPECT_FALSE(known(kNova, 1)) << "in another tenant";
  EXPECT_FALSE(known(std::string(1 << 20, 'a')));
}

TEST_F(GivenApiKeyTest, IsTakenOverOnce) {
  const auto first = take_over(kNova);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(take_over(kNova).error().kind, Kind::kConflict);
  EXPECT_EQ(take_over(kNova, ApiTokenKind::kVcloud).error().kind, Kind::kConflict) << "as another kind";
  const uint64_t before = keystore_->api_tokens().erasures();
  ASSERT_TRUE(await<void>(
      [&](auto done) { keystore_->store().remove_api_token(kActor, {.tenant = 0, .id = first->token.id}, done); }));
  EXPECT_GT(keystore_->api_tokens().erasures(), before);
  EXPECT_TRUE(take_over(kNova).has_value()) << "one that is gone may come again";
}

// After a change of the family key an older text has another id under the new one.
TEST_F(GivenApiKeyTest, IsTakenOverOnceUnderEveryKeyVersion) {
  ASSERT_TRUE(take_over(kNova).has_value());
  HashKey key;
  key.fill(3);
  const auto sealed = seal_family_key(keystore_->vault(), 2, key);
  ASSERT_TRUE(await<void>(
      [&](auto done) { keystore_->store().put_secret(kActor, {std::string(kFamilyKeyFamily), 2, *sealed}, done); }));
  reopen();
  ASSERT_EQ(keystore_->family_keys().current_version(), 2);
  EXPECT_TRUE(known(kNova)) << "every live version is tried";
  EXPECT_EQ(take_over(kNova).error().kind, Kind::kConflict);
  const auto newer = take_over("16-characters-ok");
  ASSERT_TRUE(newer.has_value());
  EXPECT_EQ(newer->token.key_version, 2);
  EXPECT_TRUE(known("16-characters-ok"));
}

TEST_F(GivenApiKeyTest, RefusesWhatIsNoKey) {
  const uint64_t commit = keystore_->store().status().commit;
  for (const std::string& text :
       {std::string(), std::string(15, 'a'), std::string(129, 'a'), std::string("with blanks in it"),
        std::string("line\nfeed-line-feed"), std::string("\xC3\xA4-sixteen-octets"), std::string(16, '\0')}) {
    EXPECT_EQ(take_over(text).error().kind, Kind::kInvalid) << text;
  }
  EXPECT_EQ(take_over(kNova, ApiTokenKind::kSandbox).error().kind, Kind::kInvalid);
  EXPECT_EQ(take_over(kNova, ApiTokenKind{}).error().kind, Kind::kInvalid);
  EXPECT_EQ(keystore_->store().status().commit, commit);
  EXPECT_FALSE(known(kNova));
}

}  // namespace
}  // namespace signet
