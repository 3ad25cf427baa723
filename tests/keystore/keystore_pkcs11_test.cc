// Keys in a PKCS#11 token through the keystore: added, published, rotated, destroyed, and what a start refuses.
#include <algorithm>
#include <thread>

#include "keystore/keys/check_signatures.h"
#include "keystore/pkcs11/token_key.h"
#include "keystore/store/database.h"
#include "keystore/store/rows.h"
#include "tests/keystore/keystore_fixture.h"
#include "tests/keystore/pkcs11/soft_token.h"

namespace signet {
namespace {

using namespace std::chrono_literals;

class KeystorePkcs11Test : public KeystoreFixture {
 protected:
  void SetUp() override {
    if (!SoftToken::installed()) GTEST_SKIP() << "softhsm2 is not installed";
    soft_.emplace(directory_.path());
  }
  KeystoreOptions token_options(bool create = false) {
    KeystoreOptions with = options(create);
    with.pkcs11 = soft_->settings(module_);
    with.on_pkcs11_event = [this](Pkcs11Event event, const std::string&) {
      if (event == Pkcs11Event::kObject) ++kept_;
    };
    return with;
  }
  void open_with_token(bool create = false) {
    keystore_.reset();
    auto opened = Keystore::open(token_options(create));
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    keystore_ = std::move(*opened);
    keystore_->keep_keys();
  }
  std::string refusal_with_token() {
    keystore_.reset();
    const auto opened = Keystore::open(token_options());
    EXPECT_FALSE(opened.has_value());
    return opened ? "" : opened.error().text;
  }
  static KeyPurpose in_token(JwsAlgorithm algorithm, std::vector<uint8_t> adopt = {}) {
    return {.algorithm = algorithm, .token = TokenPlace{.adopt = std::move(adopt)}};
  }
  std::string add_in_token(JwsAlgorithm algorithm) {
    const auto made = generate_for(in_token(algorithm));
    EXPECT_TRUE(made.has_value()) << made.error().text;
    return made ? made->kid : "";
  }
  // The keeper publishes meanwhile. Not to be kept over a new start: a key keeps its token's library in use.
  std::shared_ptr<const SigningKey> find(const std::string& kid) const {
    QuiescentDomain::Reader* reader = keystore_->domain().register_reader({});
    std::shared_ptr<const SigningKey> found;
    for (const auto& key : keystore_->keys().tenant(0)->keys) {
      if (key->kid == kid) found = key;
    }
    keystore_->domain().unregister_reader(reader);
    return found;
  }
  TokenObject object_of(const std::string& kid) const { return *read_token_object(find(kid)->location); }
  std::expected<KeyRotated, StoreError> rotate(KeyRotation rotation) {
    return await<KeyRotated>([&](auto done) { keystore_->rotate_key(kActor, std::move(rotation), done); });
  }
  std::expected<KeyStepDone, StoreError> step(KeyStep step) {
    return await<KeyStepDone>([&](auto done) { keystore_->step_key(kActor, std::move(step), done); });
  }
  // Private objects in the token, of this id or of any.
  size_t objects(const std::vector<uint8_t>& id) {
    auto module = Pkcs11Module::load(module_);
    const auto info = (*module)->find_token("signet");
    auto session = Pkcs11Session::open((*module)->functions(), info->slot, Pkcs11Session::Access::kWrite);
    EXPECT_TRUE(session->login(as_bytes(kPin)).has_value());
    return session->find(CKO_PRIVATE_KEY, id, 10)->size();
  }
  template <typename Change>
  void rewrite_key(const std::string& kid, const Change& change) {
    keystore_.reset();
    auto database = store::Database::open({.path = (data() / "store").string()});
    ASSERT_TRUE(database.has_value()) << database.error().text;
    const std::string key = store::signing_key_key(0, kid);
    const auto value = (*database)->get(store::Family::kKeys, key);
    ASSERT_TRUE(value.has_value() && value->has_value());
    auto row = store::decode_key(key, **value);
    ASSERT_TRUE(row.has_value());
    change(*row);
    store::Batch batch(**database);
    batch.put(store::Family::kKeys, key, store::encode_key(*row));
    ASSERT_TRUE((*database)->write(batch).has_value());
  }
  static bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
  static bool soon(const std::function<bool()>& condition) {
    for (int i = 0; i < 600; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(50ms);
    }
    return false;
  }

  std::optional<SoftToken> soft_;
  std::filesystem::path module_ = SoftToken::installed() ? SoftToken::faulty_module() : "";
  std::atomic<int> kept_{0};
};

TEST_F(KeystorePkcs11Test, AKeyInTheTokenIsPublishedSignsElsewhereAndIsFoundAgain) {
  open_with_token(true);
  const std::string kid = add_in_token(JwsAlgorithm::kES256);
  for (int start = 0; start < 2; ++start) {
    auto key = find(kid);
    ASSERT_NE(key, nullptr);
    EXPECT_EQ(key->status, KeyStatus::kActive);
    EXPECT_TRUE(key->signers.empty()) << "no worker may wait for it";
    ASSERT_NE(key->remote, nullptr);
    EXPECT_TRUE(key->remote->has_room());
    key.reset();
    EXPECT_TRUE(says(keystore_->keys().tenant(0)->jwks, kid));
    EXPECT_TRUE(keystore_->pkcs11_status()->up);
    open_with_token();
  }
  EXPECT_EQ(objects(object_of(kid).id), 1u);
}

TEST_F(KeystorePkcs11Test, ItsTokensAreCheckedWithThePublicHalfAndNeverByTheToken) {
  open_with_token(true);
  for (const JwsAlgorithm algorithm : {JwsAlgorithm::kEdDSA, JwsAlgorithm::kES256, JwsAlgorithm::kRS256}) {
    const auto key = find(add_in_token(algorithm));
    ASSERT_NE(key, nullptr);
    EXPECT_EQ(key->verifiers.size(), 2u);
    ASSERT_TRUE(can_check_with(*key, 0));
    const uint64_t before = keystore_->pkcs11_status()->signatures;
    const std::vector<uint8_t> wrong(key->signature_size, 1);
    const ByteSpan input = as_bytes("a.b"), signature = wrong;
    bool held = true;
    EXPECT_EQ(check_signatures(*key, 0, {&input, 1}, {&signature, 1}, {&held, 1}), 1u);
    EXPECT_FALSE(held);
    EXPECT_EQ(keystore_->pkcs11_status()->signatures, before);
  }
}

TEST_F(KeystorePkcs11Test, WithoutATokenNoLibraryIsLoadedAndNoKeyIsMadeThere) {
  open(true);
  EXPECT_FALSE(keystore_->pkcs11_status().has_value());
  const auto made = generate_for(in_token(JwsAlgorithm::kEdDSA));
  ASSERT_FALSE(made.has_value());
  EXPECT_TRUE(says(made.error().text, "pkcs11_module"));
}

TEST_F(KeystorePkcs11Test, AnHmacKeyIsRefusedWithItsReason) {
  open_with_token(true);
  KeyPurpose purpose = in_token(JwsAlgorithm::kHS256);
  purpose.audience = "urn:one";
  const auto made = generate_for(purpose);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().kind, StoreErrorKind::kInvalid);
  EXPECT_TRUE(says(made.error().text, "resource server"));
}

TEST_F(KeystorePkcs11Test, AnObjectBelongsToOneKeyOfOneTenant) {
  open_with_token(true);
  const std::string kid = add_in_token(JwsAlgorithm::kEdDSA);
  const auto tenant = await<TenantRow>([&](auto done) { keystore_->store().add_tenant(kActor, "other", done); });
  ASSERT_TRUE(tenant.has_value());
  for (const uint32_t number : {0u, tenant->number}) {
    for (const JwsAlgorithm algorithm : {JwsAlgorithm::kEdDSA, JwsAlgorithm::kEd25519}) {
      const auto again = generate_for(in_token(algorithm, object_of(kid).id), number);
      ASSERT_FALSE(again.has_value());
      EXPECT_EQ(again.error().kind, StoreErrorKind::kConflict) << again.error().text;
    }
  }
  EXPECT_EQ(objects(object_of(kid).id), 1u) << "what was refused must not be destroyed";
}

TEST_F(KeystorePkcs11Test, ASuccessorIsMadeInTheTokenAndTheOldObjectDestroyedOnceItIsDrained) {
  open_with_token(true);
  const std::string first = add_in_token(JwsAlgorithm::kES256);
  const TokenObject object = object_of(first);
  const auto rotated =
      rotate({.purpose = {.algorithm = JwsAlgorithm::kES256}, .overrides = {.before_verifiers_know = true}});
  ASSERT_TRUE(rotated.has_value()) << rotated.error().text;
  EXPECT_FALSE(rotated->successor->location.empty());
  EXPECT_NE(rotated->successor->kid, first);
  EXPECT_EQ(find(first)->status, KeyStatus::kRetiring);
  EXPECT_EQ(objects(object.id), 1u) << "it may still owe signatures";
  EXPECT_TRUE(soon([&] { return find(first)->location.empty(); }));
  EXPECT_EQ(objects(object.id), 0u);
  EXPECT_TRUE(can_check_with(*find(first), 0)) << "what it signed is alive";
  open_with_token();
  EXPECT_NE(find(rotated->successor->kid)->remote, nullptr);
}

TEST_F(KeystorePkcs11Test, ACompromisedKeyLosesItsObjectAtOnce) {
  open_with_token(true);
  const std::string kid = add_in_token(JwsAlgorithm::kEdDSA);
  const TokenObject object = object_of(kid);
  const auto rotated = rotate({.purpose = {.algorithm = JwsAlgorithm::kEdDSA}, .compromised = true});
  ASSERT_TRUE(rotated.has_value()) << rotated.error().text;
  EXPECT_NE(rotated->revoked_before_ms, 0);
  EXPECT_FALSE(rotated->successor->location.empty());
  EXPECT_TRUE(soon([&] { return find(kid)->location.empty(); }));
  EXPECT_EQ(objects(object.id), 0u);
}

TEST_F(KeystorePkcs11Test, AnObjectThatCannotBeDestroyedIsReportedAndDestroyedByTheNextStart) {
  open_with_token(true);
  const std::string kid = add_in_token(JwsAlgorithm::kEdDSA);
  const TokenObject object = object_of(kid);
  soft_->fault("open_rv 50");
  ASSERT_TRUE(step({.kind = KeyStep::Kind::kWithdraw, .kid = kid}).has_value());
  EXPECT_TRUE(soon([&] { return kept_ > 0; }));
  EXPECT_FALSE(find(kid)->location.empty());
  soft_->fault("");
  EXPECT_EQ(objects(object.id), 1u);
  open_with_token();
  EXPECT_TRUE(soon([&] { return find(kid)->location.empty(); }));
  EXPECT_EQ(objects(object.id), 0u);
}

TEST_F(KeystorePkcs11Test, ATenantGoesOnlyWhenItsObjectsAreGone) {
  open_with_token(true);
  const auto tenant = await<TenantRow>([&](auto done) { keystore_->store().add_tenant(kActor, "other", done); });
  const auto key = generate_for(in_token(JwsAlgorithm::kEdDSA), tenant->number);
  ASSERT_TRUE(key.has_value());
  const auto remove = [&] {
    return await<void>([&](auto done) { keystore_->store().remove_tenant(kActor, "other", true, done); });
  };
  const auto refused = remove();
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(says(refused.error().text, key->kid)) << refused.error().text;
  ASSERT_TRUE(step({.kind = KeyStep::Kind::kWithdraw, .tenant = tenant->number, .kid = key->kid}).has_value());
  EXPECT_TRUE(soon([&] { return remove().has_value(); }));
}

TEST_F(KeystorePkcs11Test, AKeyThatIsNotInTheTokenAnyMoreStopsTheStart) {
  open_with_token(true);
  const std::string kid = add_in_token(JwsAlgorithm::kES256);
  const TokenObject object = object_of(kid);
  keystore_.reset();
  {
    auto token = Pkcs11Token::open(soft_->settings(), {});
    ASSERT_TRUE(token.has_value());
    ASSERT_TRUE(destroy_token_object(**token, object).has_value());
  }
  const std::string text = refusal_with_token();
  EXPECT_TRUE(says(text, kid)) << text;
  EXPECT_TRUE(says(text, "serial=" + object.serial)) << text;
  EXPECT_TRUE(says(text, "bring the token back")) << text;
}

TEST_F(KeystorePkcs11Test, AKeyWhoseTokenIsNotConfiguredStopsTheStart) {
  open_with_token(true);
  const std::string kid = add_in_token(JwsAlgorithm::kES256);
  const std::string text = refusal_of_content();
  EXPECT_TRUE(says(text, kid) && says(text, "set pkcs11_module")) << text;
}

TEST_F(KeystorePkcs11Test, AnotherTokenOfTheSameLabelIsNotTheSame) {
  open_with_token(true);
  const std::string kid = add_in_token(JwsAlgorithm::kES256);
  keystore_.reset();
  std::filesystem::remove_all(directory_.path() / "tokens");
  std::filesystem::create_directories(directory_.path() / "tokens");
  soft_->make("signet");
  const std::string text = refusal_with_token();
  EXPECT_TRUE(says(text, "serial number")) << text;
}

TEST_F(KeystorePkcs11Test, WhoeverWritesTheStoreCannotPointAKeyElsewhere) {
  open_with_token(true);
  const std::string kid = add_in_token(JwsAlgorithm::kES256);
  const std::string other = generate_for(in_token(JwsAlgorithm::kES256))->kid;
  const KeyRow donor = [&] {
    KeyRow row;
    rewrite_key(other, [&](KeyRow& found) { row = found; });
    return row;
  }();
  const std::vector<std::function<void(KeyRow&)>> changes{
      [&](KeyRow& row) { row.location = donor.location; },
      [&](KeyRow& row) { row.location = donor.location, row.sealed_location = donor.sealed_location; },
      [&](KeyRow& row) { row.sealed_location[30] ^= 1; },
      [&](KeyRow& row) { row.sealed_location.clear(); },
      [&](KeyRow& row) { row.location.clear(); },
      [&](KeyRow& row) { row.location.clear(), row.sealed_location.clear(); },
      [&](KeyRow& row) { row.sealed_private = row.sealed_location, row.sealed_location.clear(), row.location.clear(); },
      [&](KeyRow& row) { row.public_jwk = donor.public_jwk; },
      [&](KeyRow& row) { row.dialect = "vietqr"; },
      [&](KeyRow& row) { row.algorithm = JwsAlgorithm::kEdDSA; },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    KeyRow before;
    rewrite_key(kid, [&](KeyRow& row) {
      before = row;
      changes[i](row);
    });
    EXPECT_TRUE(says(refusal_with_token(), kid)) << i;
    rewrite_key(kid, [&](KeyRow& row) { row = before; });
  }
  open_with_token();
}

TEST_F(KeystorePkcs11Test, ANewRootKeySealsPlacesToo) {
  open_with_token(true);
  const std::string kid = add_in_token(JwsAlgorithm::kES256);
  const auto cells = await<size_t>([&](auto done) { keystore_->rekey_vault(kActor, done); });
  ASSERT_TRUE(cells.has_value()) << cells.error().text;
  open_with_token();
  EXPECT_NE(find(kid)->remote, nullptr);
}

}  // namespace
}  // namespace signet
