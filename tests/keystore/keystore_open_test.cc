// Opening what is incomplete, foreign or damaged: a text that says what to do, and nothing changed.
#include <algorithm>

#include "keystore/key_cells.h"
#include "keystore/store/database.h"
#include "keystore/store/family_rows.h"
#include "keystore/store/rows.h"
#include "tests/keystore/keystore_fixture.h"

namespace signet {
namespace {

namespace fs = std::filesystem;

// Reads all rows and keeps nothing but keys and secrets.
class Rows : public StoreLoader {
 public:
  void on_tenant(TenantRow) override {}
  void on_key(KeyRow row) override { keys.push_back(std::move(row)); }
  void on_secret(SecretRow row) override { secrets.push_back(std::move(row)); }
  void on_client(const Client&) override {}
  std::vector<KeyRow> keys;
  std::vector<SecretRow> secrets;
  SecretRow pepper() const {
    return *std::ranges::find(secrets, kPepperFamily,
                              [](const SecretRow& row) { return std::string_view(row.family); });
  }
};

class KeystoreOpenTest : public KeystoreFixture {
 protected:
  // Changes the closed store behind the vault's back, as somebody who can write the disk but has no key.
  template <typename Change>
  void tamper(const Change& change) {
    keystore_.reset();
    auto vault = Vault::open(data(), key_file());
    ASSERT_TRUE(vault.has_value());
    Rows rows;
    StoreOptions store_options;
    store_options.path = data();
    store_options.vault_id = (*vault)->id();
    auto store = open_rocks_store(store_options, rows);
    ASSERT_TRUE(store.has_value()) << store.error().text;
    change(**store, rows, **vault);
    (*store)->close();
  }
  // Writes into the closed store without its knowledge.
  template <typename Change>
  void rewrite(const Change& change) {
    keystore_.reset();
    auto database = store::Database::open({.path = (data() / "store").string()});
    ASSERT_TRUE(database.has_value()) << database.error().text;
    store::Batch batch(**database);
    change(batch);
    ASSERT_TRUE((*database)->write(batch).has_value());
  }
  void put(Store& store, KeyRow row) {
    const auto done = await<KeyRow>([&](auto d) { store.add_key(kActor, std::move(row), d); });
    ASSERT_TRUE(done.has_value()) << done.error().text;
  }
  void put(Store& store, SecretRow row) {
    ASSERT_TRUE(await<void>([&](auto d) { store.put_secret(kActor, std::move(row), d); }).has_value());
  }
  void make() {
    open(true);
    ASSERT_TRUE(add(client("a")).has_value());
    ASSERT_TRUE(generate(JwsAlgorithm::kHS256, "urn:one").has_value());
  }
  static bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
};

TEST_F(KeystoreOpenTest, AnEmptyDirectoryIsNotFilledUnasked) {
  EXPECT_TRUE(says(refusal(), "no vault"));
  EXPECT_FALSE(fs::exists(data()));
}

TEST_F(KeystoreOpenTest, ADirectoryMadeForTheDataIsClosedToOthers) {
  make();
  EXPECT_EQ(fs::status(data()).permissions(), fs::perms::owner_all);
}

TEST_F(KeystoreOpenTest, CreateGoesOnWithWhatIsThere) {
  make();
  keystore_.reset();
  open(true);
  EXPECT_NE(keystore_->clients().find(0, "a"), nullptr);
}

TEST_F(KeystoreOpenTest, AMissingKeyFileIsNamedAndNeverMadeAnew) {
  make();
  keystore_.reset();
  fs::remove(key_file());
  for (const bool create : {false, true}) EXPECT_TRUE(says(refusal(create), key_file().string()));
  EXPECT_FALSE(fs::exists(key_file()));
}

TEST_F(KeystoreOpenTest, AWrongKeyFileIsRefused) {
  make();
  keystore_.reset();
  std::ofstream(key_file(), std::ios::trunc) << std::string(32, 'x');
  EXPECT_TRUE(says(refusal(), "does not open this vault"));
}

TEST_F(KeystoreOpenTest, AKeyFileOpenToOthersIsRefused) {
  make();
  keystore_.reset();
  fs::permissions(key_file(), fs::perms::others_read, fs::perm_options::add);
  EXPECT_TRUE(says(refusal(), "chmod 0600"));
}

TEST_F(KeystoreOpenTest, AMissingVaultBesideAStoreIsNotMadeAnew) {
  make();
  keystore_.reset();
  fs::remove(data() / "vault");
  for (const bool create : {false, true}) EXPECT_TRUE(says(refusal(create), "vault"));
}

TEST_F(KeystoreOpenTest, TheStoreOfAnotherVaultIsRefused) {
  make();
  keystore_.reset();
  const TemporaryDirectory other;
  ASSERT_TRUE(Vault::create(other.path(), key_file()).has_value());
  fs::copy_file(other.path() / "vault", data() / "vault", fs::copy_options::overwrite_existing);
  EXPECT_TRUE(says(refusal(), "vault"));
}

TEST_F(KeystoreOpenTest, ADirectoryInUseIsRefused) {
  make();
  const auto second = Keystore::open(options(false));
  ASSERT_FALSE(second.has_value());
  EXPECT_TRUE(says(second.error().text, "in use")) << second.error().text;
  EXPECT_TRUE(add(client("b")).has_value()) << "the first one goes on";
}

TEST_F(KeystoreOpenTest, AnAlteredKeyIsNamed) {
  make();
  tamper([&](Store& store, Rows& rows, const Vault&) {
    KeyRow row = rows.keys.at(0);
    row.kid = "altered";
    row.audience = "urn:two";
    row.sealed_private[30] ^= 1;
    put(store, row);
  });
  EXPECT_TRUE(says(refusal_of_content(), "altered"));
}

TEST_F(KeystoreOpenTest, AKeyMovedToAnotherKidAudienceOrAlgorithmIsRefused) {
  const std::vector<std::function<void(KeyRow&)>> moves{
      [](KeyRow& row) { row.kid = "moved"; },
      [](KeyRow& row) { row.kid = "moved", row.algorithm = JwsAlgorithm::kHS512; },
  };
  for (const auto& move : moves) {
    make();
    tamper([&](Store& store, Rows& rows, const Vault&) {
      KeyRow row = rows.keys.at(0);
      row.audience = "urn:evil";  // so that whoever holds this audience's key could forge for the first one
      move(row);
      put(store, row);
    });
    EXPECT_TRUE(says(refusal_of_content(), "moved"));
    fs::remove_all(data());
  }
}

TEST_F(KeystoreOpenTest, AnAlteredPepperIsNamed) {
  make();
  tamper([&](Store& store, Rows&, const Vault& vault) {
    SecretRow row{std::string(kPepperFamily), 2, *seal_pepper(vault, 2, HashKey{})};
    row.sealed.back() ^= 1;
    put(store, row);
  });
  EXPECT_TRUE(says(refusal_of_content(), "version 2 of the pepper"));
}

TEST_F(KeystoreOpenTest, ANewerPepperOpensBesideTheOlder) {
  make();
  tamper([&](Store& store, Rows&, const Vault& vault) {
    put(store, SecretRow{std::string(kPepperFamily), 2, *seal_pepper(vault, 2, HashKey{})});
  });
  open();
  EXPECT_EQ(keystore_->pepper().current_version(), 2);
  EXPECT_EQ(keystore_->pepper().verify(keystore_->clients().find(0, "a"), 0, "a", "a-secret-of-some-length"), 0);
}

TEST_F(KeystoreOpenTest, APepperOfAnotherVersionsPlaceIsRefused) {
  make();
  tamper([&](Store& store, Rows& rows, const Vault&) {
    SecretRow row = rows.pepper();
    row.version = 2;
    put(store, row);
  });
  EXPECT_TRUE(says(refusal_of_content(), "version 2 of the pepper"));
}

TEST_F(KeystoreOpenTest, APepperWithAGapIsRefused) {
  make();
  tamper([&](Store& store, Rows& rows, const Vault&) {
    SecretRow row = rows.pepper();
    row.version = 3;
    put(store, row);
  });
  EXPECT_TRUE(says(refusal_of_content(), "pepper"));
}

TEST_F(KeystoreOpenTest, AFamilyKeyIsMadeOnceAndKept) {
  make();
  const HashKey mac = keystore_->family_keys().current_refresh_keys().mac;
  reopen();
  EXPECT_EQ(keystore_->family_keys().current_refresh_keys().mac, mac) << "made once, and kept";
  EXPECT_EQ(keystore_->family_keys().current_version(), 1);
}

TEST_F(KeystoreOpenTest, AStoreOfAnEarlierVersionGetsAFamilyKey) {
  make();
  rewrite([](store::Batch& batch) { batch.erase(store::Family::kSecrets, store::secret_key("family-key", 1)); });
  open();
  EXPECT_EQ(keystore_->family_keys().current_version(), 1);
}

TEST_F(KeystoreOpenTest, FamiliesWithoutTheirKeyAreDamage) {
  make();
  rewrite([](store::Batch& batch) {
    batch.erase(store::Family::kSecrets, store::secret_key("family-key", 1));
    batch.put(store::Family::kRefreshFamilies, store::family_key(0, FamilyId{}), "a family");
  });
  EXPECT_TRUE(says(refusal_of_content(), "key of the refresh tokens"));
}

TEST_F(KeystoreOpenTest, AnAlteredFamilyKeyIsNamed) {
  make();
  tamper([&](Store& store, Rows&, const Vault&) {
    put(store, SecretRow{.family = "family-key", .version = 2, .sealed = std::vector<uint8_t>(72, 1)});
  });
  EXPECT_TRUE(says(refusal_of_content(), "version 2 of the family key"));
}

TEST_F(KeystoreOpenTest, AFamilyKeyWithAGapIsRefused) {
  make();
  tamper([&](Store& store, Rows& rows, const Vault& vault) {
    const HashKey key{};
    put(store, SecretRow{.family = "family-key", .version = 3, .sealed = *seal_family_key(vault, 3, key)});
  });
  EXPECT_TRUE(says(refusal_of_content(), "key of the refresh tokens"));
}

TEST_F(KeystoreOpenTest, ATruncatedCellIsRefused) {
  // CVE-2023-37464: a shortened authentication tag.
  make();
  tamper([&](Store& store, Rows&, const Vault& vault) {
    SecretRow row{std::string(kPepperFamily), 2, *seal_pepper(vault, 2, HashKey{})};
    row.sealed.pop_back();
    put(store, row);
  });
  EXPECT_TRUE(says(refusal_of_content(), "pepper"));
}

}  // namespace
}  // namespace signet
