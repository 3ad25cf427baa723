// What the service manager hands over: taken when it is what it should be, and refused with the reason otherwise.
#include "keystore/vault/credential.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keystore/vault/vault.h"
#include "tests/keystore/vault/temporary_directory.h"

namespace signet {
namespace {

namespace fs = std::filesystem;

class CredentialTest : public testing::Test {
 protected:
  void SetUp() override { fs::permissions(directory_.path(), fs::perms::owner_all); }
  fs::path put(const char* name, std::string_view content, mode_t mode = 0400) {
    const fs::path path = directory_ / name;
    write_whole(path, as_bytes(content));
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }
  VaultError error_of(std::string_view text) const { return error_in(text, directory_.path()); }
  static VaultError error_in(std::string_view text, const fs::path& directory) {
    const auto credential = parse_vault_credential(text);
    if (!credential) return VaultError::kBadCredentialName;
    const auto secret = secret_of_credential(*credential, directory);
    return secret ? VaultError::kExists : secret.error();  // kExists: no error
  }
  static constexpr VaultError kGood = VaultError::kExists;
  const std::string key_ = std::string(31, 'k') + '\n';  // a key file's octets are taken as they are

  TemporaryDirectory directory_;
};

TEST_F(CredentialTest, IsAKeyFileOrAPassphrase) {
  put("root", key_);
  put("phrase", "a passphrase of some length\n");
  const auto key = secret_of_credential(*parse_vault_credential("root"), directory_.path());
  ASSERT_TRUE(key);
  EXPECT_EQ(key->kind, SlotKind::kKeyFile);
  EXPECT_EQ(as_text(key->octets.expose()), key_);
  const auto phrase = secret_of_credential(*parse_vault_credential("passphrase:phrase"), directory_.path());
  ASSERT_TRUE(phrase);
  EXPECT_EQ(phrase->kind, SlotKind::kPassphrase);
  EXPECT_EQ(as_text(phrase->octets.expose()), "a passphrase of some length") << "an editor's line feed is none of it";
}

TEST_F(CredentialTest, OpensTheSlotOfTheSameSecretElsewhere) {
  const fs::path data = directory_ / "data", file = put("root", key_, 0600);
  auto made = Vault::create(data, file);
  ASSERT_TRUE(made);
  const auto secret = secret_of_credential(*parse_vault_credential("root"), directory_.path());
  ASSERT_TRUE(secret);
  EXPECT_TRUE(Vault::open(data, *secret)) << "no kind of its own";
  EXPECT_EQ((*made)->check_slot(*secret).value_or(0), 1u);
  put("other", std::string(32, 'o'));
  const auto other = secret_of_credential(*parse_vault_credential("other"), directory_.path());
  ASSERT_TRUE(other);
  EXPECT_EQ(Vault::open(data, *other).error(), VaultError::kWrongKey);
}

TEST_F(CredentialTest, ANameIsNeverAPath) {
  for (const char* text : {"", ".", "..", "../root", "a/b", "/etc/passwd", ".hidden", "a b", "a:b", "key-file:a", "ö",
                           "passphrase:", "passphrase:..", "passphrase:a/b", "passphrase:passphrase:a"}) {
    EXPECT_FALSE(parse_vault_credential(text)) << text;
  }
  EXPECT_FALSE(parse_vault_credential(std::string(256, 'a')));
  EXPECT_FALSE(parse_vault_credential(std::string_view("a\0b", 3)));
  EXPECT_TRUE(parse_vault_credential(std::string(255, 'a')));
  EXPECT_TRUE(parse_vault_credential("signet-root_1.key"));
  // One that did not come through the parser.
  EXPECT_EQ(secret_of_credential({SlotKind::kKeyFile, "../root"}, directory_.path()).error(),
            VaultError::kBadCredentialName);
}

TEST_F(CredentialTest, AMissingDirectoryOrFileIsSaid) {
  put("root", key_);
  EXPECT_EQ(error_of("root"), kGood);
  EXPECT_EQ(error_of("other"), VaultError::kCredentialMissing);
  EXPECT_EQ(error_in("root", directory_ / "none"), VaultError::kNoCredentials);
  EXPECT_EQ(error_in("root", directory_ / "root"), VaultError::kNoCredentials) << "a file";
  EXPECT_EQ(error_in("root", ""), VaultError::kNoCredentials);
  EXPECT_EQ(error_in("root", "relative"), VaultError::kNoCredentials);
}

TEST_F(CredentialTest, TheEnvironmentNamesTheDirectory) {
  put("root", key_);
  const auto credential = *parse_vault_credential("root");
  ASSERT_EQ(unsetenv("CREDENTIALS_DIRECTORY"), 0);
  EXPECT_EQ(secret_of_credential(credential).error(), VaultError::kNoCredentials);
  ASSERT_EQ(setenv("CREDENTIALS_DIRECTORY", directory_.path().c_str(), 1), 0);
  EXPECT_TRUE(secret_of_credential(credential));
  ASSERT_EQ(setenv("CREDENTIALS_DIRECTORY", "", 1), 0);
  EXPECT_EQ(secret_of_credential(credential).error(), VaultError::kNoCredentials);
  ASSERT_EQ(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

TEST_F(CredentialTest, ItsSizeIsThatOfWhatItShouldBe) {
  put("empty", "");
  put("short", std::string(31, 'k'));
  put("long", std::string(33, 'k'));
  put("huge", std::string(1'000'000, 'k'));
  for (const char* name : {"empty", "short", "long", "huge", "passphrase:empty", "passphrase:huge"}) {
    EXPECT_EQ(error_of(name), VaultError::kCredentialBadSize) << name;
  }
  put("weak", "eleven char\n");
  put("feed", "\n");
  put("largest", std::string(1024, 'p') + '\n');
  put("larger", std::string(1025, 'p'));
  EXPECT_EQ(error_of("passphrase:weak"), VaultError::kWeakPassphrase);
  EXPECT_EQ(error_of("passphrase:feed"), VaultError::kWeakPassphrase);
  EXPECT_EQ(error_of("passphrase:largest"), kGood);
  EXPECT_EQ(error_of("passphrase:larger"), VaultError::kWeakPassphrase);
}

TEST_F(CredentialTest, NothingButARegularFileIsOne) {
  const fs::path file = put("root", key_);
  fs::create_symlink(file, directory_ / "link");
  fs::create_symlink(directory_ / "none", directory_ / "dangling");
  fs::create_directory(directory_ / "folder");
  ASSERT_EQ(mkfifo((directory_ / "pipe").c_str(), 0400), 0);
  for (const char* name : {"link", "dangling", "folder", "pipe"}) {
    EXPECT_EQ(error_of(name), VaultError::kCredentialMode) << name;
  }
}

TEST_F(CredentialTest, WhatOthersMayReadOrWriteIsRefused) {
  for (const mode_t mode : {0604, 0602, 0420, 0410, 0404, 0444, 0777}) {
    put("root", key_, mode);
    EXPECT_EQ(error_of("root"), VaultError::kCredentialMode) << std::oct << mode;
    fs::remove(directory_ / "root");
  }
  for (const mode_t mode : {0400, 0600}) {
    put("root", key_, mode);
    EXPECT_EQ(error_of("root"), kGood) << std::oct << mode;
    fs::remove(directory_ / "root");
  }
  put("root", key_);
  for (const mode_t mode : {0720, 0702, 0777}) {
    ASSERT_EQ(chmod(directory_.path().c_str(), mode), 0);
    EXPECT_EQ(error_of("root"), VaultError::kCredentialMode) << "the directory, " << std::oct << mode;
  }
  ASSERT_EQ(chmod(directory_.path().c_str(), 0500), 0);
  EXPECT_EQ(error_of("root"), kGood) << "as systemd makes it";
  ASSERT_EQ(chmod(directory_.path().c_str(), 0700), 0);
}

TEST(CredentialClosed, KnowsWhatSystemdMakes) {
  const auto closed = [](mode_t mode, uid_t owner, gid_t group) {
    struct stat status{};
    status.st_mode = S_IFREG | mode;
    status.st_uid = owner;
    status.st_gid = group;
    constexpr uid_t kService = 61'000;
    return credential_closed(status, kService);
  };
  EXPECT_TRUE(closed(0400, 61'000, 0)) << "where it gave the file to the service";
  EXPECT_TRUE(closed(0440, 0, 0)) << "where it granted access by an ACL, whose mask this is";
  EXPECT_TRUE(closed(0400, 0, 0));
  EXPECT_FALSE(closed(0440, 61'000, 0)) << "a mask that systemd did not make";
  EXPECT_FALSE(closed(0440, 0, 100)) << "a group that may have members";
  EXPECT_FALSE(closed(0400, 1000, 0)) << "somebody else's";
  EXPECT_FALSE(closed(0460, 0, 0));
  EXPECT_FALSE(closed(0450, 0, 0));
  EXPECT_FALSE(closed(0444, 0, 0));
}

}  // namespace
}  // namespace signet
