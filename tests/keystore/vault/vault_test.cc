#include "keystore/vault/vault.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "tests/keystore/vault/temporary_directory.h"

namespace signet {
namespace {

namespace fs = std::filesystem;

class VaultTest : public testing::Test {
 protected:
  fs::path data() const { return directory_ / "data"; }
  fs::path key_file() const { return directory_ / "vault.key"; }
  fs::path vault_file() const { return data() / "vault"; }
  std::unique_ptr<Vault> create() {
    auto vault = Vault::create(data(), key_file());
    EXPECT_TRUE(vault) << (vault ? "" : vault_error_text(vault.error()));
    return vault ? std::move(*vault) : nullptr;
  }
  // The error of opening; fails the test when it opens.
  VaultError open_error() {
    const auto vault = Vault::open(data(), key_file());
    EXPECT_FALSE(vault);
    return vault ? VaultError::kExists : vault.error();
  }
  static unsigned mode(const fs::path& path) {
    struct stat status{};
    EXPECT_EQ(lstat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
  }
  TemporaryDirectory directory_;
};

constexpr uint8_t kRow[] = {0, 0, 0, 0, 7};
const CellPlace kPlace{.family = "key", .row = kRow, .version = 3};

TEST_F(VaultTest, OpensWhatItMade) {
  const auto made = create();
  const auto sealed = made->seal_cell(kPlace, as_bytes("secret"));
  ASSERT_TRUE(sealed);
  const auto opened = Vault::open(data(), key_file());
  ASSERT_TRUE(opened) << vault_error_text(opened.error());
  EXPECT_EQ((*opened)->id(), made->id());
  EXPECT_FALSE((*opened)->sealed());
  const auto plain = (*opened)->open_cell(kPlace, *sealed);
  ASSERT_TRUE(plain);
  EXPECT_EQ(as_text(plain->expose()), "secret");
}

TEST_F(VaultTest, MakesPrivateFiles) {
  create();
  EXPECT_EQ(mode(vault_file()), 0600U);
  EXPECT_EQ(mode(key_file()), 0600U);
  EXPECT_EQ(mode(data()), 0700U);
  EXPECT_EQ(fs::file_size(key_file()), 32U);
  EXPECT_FALSE(fs::exists(data() / "vault.tmp"));
  EXPECT_FALSE(fs::exists(directory_ / "vault.key.tmp"));
}

TEST_F(VaultTest, FileHoldsNoKeyInTheClear) {
  create();
  const auto vault = read_whole(vault_file());
  const auto key = read_whole(key_file());
  EXPECT_EQ(std::search(vault.begin(), vault.end(), key.begin(), key.begin() + 8), vault.end());
}

TEST_F(VaultTest, TwoVaultsShareNeitherIdNorCells) {
  const auto first = create();
  const TemporaryDirectory elsewhere;
  const auto second = Vault::create(elsewhere.path(), key_file());
  ASSERT_TRUE(second);
  EXPECT_NE(first->id(), (*second)->id());
  const auto sealed = first->seal_cell(kPlace, as_bytes("secret"));
  EXPECT_EQ((*second)->open_cell(kPlace, *sealed).error(), VaultError::kBadCell);
}

TEST_F(VaultTest, NeverOverwritesAVault) {
  create();
  const auto before = read_whole(vault_file());
  EXPECT_EQ(Vault::create(data(), key_file()).error(), VaultError::kExists);
  EXPECT_EQ(Vault::create(data(), directory_ / "other.key").error(), VaultError::kExists);
  EXPECT_FALSE(fs::exists(directory_ / "other.key"));
  EXPECT_EQ(read_whole(vault_file()), before);
}

TEST_F(VaultTest, NeverOverwritesADanglingLink) {
  fs::create_directories(data());
  fs::create_symlink(directory_ / "nowhere", vault_file());
  EXPECT_EQ(Vault::create(data(), key_file()).error(), VaultError::kExists);
}

TEST_F(VaultTest, CreationUsesTheKeyFileThatIsThere) {
  create();
  const auto key = read_whole(key_file());
  const TemporaryDirectory elsewhere;
  ASSERT_TRUE(Vault::create(elsewhere.path(), key_file()));
  EXPECT_EQ(read_whole(key_file()), key);
}

TEST_F(VaultTest, CreationSurvivesLeftoversOfACrash) {
  fs::create_directories(data());
  write_whole(data() / "vault.tmp", as_bytes("half a vau"));
  write_whole(directory_ / "vault.key.tmp", as_bytes("half a k"));
  create();
  EXPECT_FALSE(fs::exists(data() / "vault.tmp"));
  EXPECT_FALSE(fs::exists(directory_ / "vault.key.tmp"));
  EXPECT_TRUE(Vault::open(data(), key_file()));
}

TEST_F(VaultTest, CreationDoesNotFollowALinkInTheTemporarysPlace) {
  fs::create_directories(data());
  write_whole(directory_ / "victim", as_bytes("untouched"));
  fs::create_symlink(directory_ / "victim", data() / "vault.tmp");
  create();
  EXPECT_EQ(as_text(read_whole(directory_ / "victim")), "untouched");
}

TEST_F(VaultTest, CreationReportsADirectoryThatCannotBeMade) {
  write_whole(data(), as_bytes("a file, not a directory"));
  EXPECT_EQ(Vault::create(data(), key_file()).error(), VaultError::kIo);
}

TEST_F(VaultTest, OpeningMakesNothing) {
  EXPECT_EQ(open_error(), VaultError::kNotFound);
  EXPECT_FALSE(fs::exists(data()));
  EXPECT_FALSE(fs::exists(key_file()));
}

TEST_F(VaultTest, RefusesAMissingKeyFileAndMakesNone) {
  create();
  fs::remove(key_file());
  EXPECT_EQ(open_error(), VaultError::kKeyFileMissing);
  EXPECT_FALSE(fs::exists(key_file()));
}

TEST_F(VaultTest, RefusesAKeyFileOpenToOthers) {
  create();
  for (const unsigned bits : {0644U, 0640U, 0604U, 0620U, 0602U, 0610U, 0601U}) {
    ASSERT_EQ(chmod(key_file().c_str(), bits), 0);
    EXPECT_EQ(open_error(), VaultError::kKeyFileMode) << std::oct << bits;
  }
  ASSERT_EQ(chmod(key_file().c_str(), 0400), 0);
  EXPECT_TRUE(Vault::open(data(), key_file()));
}

TEST_F(VaultTest, ChecksTheTargetOfALinkToTheKeyFile) {
  create();
  const fs::path link = directory_ / "link.key";
  fs::create_symlink(key_file(), link);
  EXPECT_TRUE(Vault::open(data(), link));
  ASSERT_EQ(chmod(key_file().c_str(), 0644), 0);
  EXPECT_EQ(Vault::open(data(), link).error(), VaultError::kKeyFileMode);
  fs::remove(key_file());
  EXPECT_EQ(Vault::open(data(), link).error(), VaultError::kKeyFileMissing);
}

TEST_F(VaultTest, RefusesAKeyFileThatIsNoRegularFile) {
  create();
  fs::remove(key_file());
  fs::create_directory(key_file());
  EXPECT_EQ(open_error(), VaultError::kKeyFileMode);
  fs::remove(key_file());
  ASSERT_EQ(mkfifo(key_file().c_str(), 0600), 0);
  EXPECT_EQ(open_error(), VaultError::kKeyFileMode);  // and does not block
}

TEST_F(VaultTest, RefusesAKeyFileOfAnotherSize) {
  create();
  auto key = read_whole(key_file());
  key.push_back(0);
  write_whole(key_file(), key);
  EXPECT_EQ(open_error(), VaultError::kKeyFileBadSize);
  write_whole(key_file(), ByteSpan(key).first(31));
  EXPECT_EQ(open_error(), VaultError::kKeyFileBadSize);
  write_whole(key_file(), {});
  EXPECT_EQ(open_error(), VaultError::kKeyFileBadSize);
  EXPECT_EQ(Vault::create(directory_ / "new", key_file()).error(), VaultError::kKeyFileBadSize);
}

TEST_F(VaultTest, RefusesEachChangedBitOfTheKeyFile) {
  create();
  const auto key = read_whole(key_file());
  for (size_t bit = 0; bit < key.size() * 8; bit += 5) {
    auto changed = key;
    changed[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
    write_whole(key_file(), changed);
    EXPECT_EQ(open_error(), VaultError::kWrongKey);
  }
}

TEST_F(VaultTest, RefusesEachChangedOctetOfTheVaultFile) {
  create();
  const auto whole = read_whole(vault_file());
  for (size_t i = 0; i < whole.size(); ++i) {
    auto changed = whole;
    changed[i] ^= 0x01;
    write_whole(vault_file(), changed);
    const VaultError error = open_error();
    // Magic and version are read before the checksum.
    EXPECT_EQ(error, i < 12 ? VaultError::kBadFormat : VaultError::kDamaged) << i;
  }
}

TEST_F(VaultTest, RefusesTheVaultFileTruncatedAtEachLength) {
  create();
  const auto whole = read_whole(vault_file());
  for (size_t size = 0; size < whole.size(); ++size) {
    write_whole(vault_file(), ByteSpan(whole).first(size));
    EXPECT_EQ(open_error(), size < 8 ? VaultError::kBadFormat : VaultError::kDamaged) << size;
  }
}

TEST_F(VaultTest, RefusesAVaultFileWithSomethingAfterIt) {
  create();
  auto whole = read_whole(vault_file());
  whole.push_back(0);
  write_whole(vault_file(), whole);
  EXPECT_EQ(open_error(), VaultError::kDamaged);
  whole.resize(1U << 20U);
  write_whole(vault_file(), whole);
  EXPECT_EQ(open_error(), VaultError::kDamaged);
}

TEST_F(VaultTest, RefusesAVaultFileThatIsNoRegularFile) {
  create();
  fs::remove(vault_file());
  fs::create_directory(vault_file());
  EXPECT_EQ(open_error(), VaultError::kBadFormat);
}

TEST_F(VaultTest, SealedVaultNeitherSealsNorOpensCells) {
  const auto vault = create();
  const auto cell = vault->seal_cell(kPlace, as_bytes("secret"));
  vault->seal();
  EXPECT_TRUE(vault->sealed());
  EXPECT_EQ(vault->open_cell(kPlace, *cell).error(), VaultError::kSealed);
  EXPECT_EQ(vault->seal_cell(kPlace, as_bytes("secret")).error(), VaultError::kSealed);
  vault->seal();
  EXPECT_TRUE(vault->sealed());
}

TEST_F(VaultTest, EveryErrorSaysWhatToDo) {
  for (int i = 0; i <= static_cast<int>(VaultError::kNoLockedMemory); ++i) {
    EXPECT_NE(vault_error_text(static_cast<VaultError>(i)), "unknown vault error") << i;
  }
}

}  // namespace
}  // namespace signet
