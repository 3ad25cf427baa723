#include "keystore/backup/backup_manifest.h"

#include <gtest/gtest.h>

#include "tests/keystore/vault/temporary_directory.h"

namespace signet {
namespace {

class BackupManifestTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(digest_start()); }

  std::unique_ptr<Vault> make_vault(const char* name) {
    std::filesystem::create_directory(directory_ / name);
    auto vault = Vault::create(directory_ / name, directory_.path() / (std::string(name) + ".key"));
    EXPECT_TRUE(vault);
    return std::move(*vault);
  }
  BackupManifest manifest() const {
    BackupManifest made{.number = 7, .created_at = 1'800'000'000, .version = "0.1.0", .commit = 42};
    made.vault_id.fill(1);
    made.store_id.fill(2);
    made.chain_hash.fill(3);
    made.audit_sequence = 9;
    made.vault_file = {1, 2, 3, 4};
    made.files = {{.name = "private/7/CURRENT", .size = 16, .sha256 = {5}},
                  {.name = "meta/7", .size = 1, .sha256 = {6}}};
    return made;
  }
  std::string sealed() { return *seal_manifest(manifest(), *vault_); }
  static std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return text.replace(at, from.size(), to);
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Vault> vault_ = make_vault("vault");
};

TEST_F(BackupManifestTest, ReadsBackAsItWasSealed) {
  const auto read = read_manifest(sealed());
  ASSERT_TRUE(read) << read.error();
  EXPECT_TRUE(manifest_is_authentic(*read, *vault_));
  EXPECT_EQ(read->manifest.number, 7U);
  EXPECT_EQ(read->manifest.commit, 42U);
  EXPECT_EQ(read->manifest.audit_sequence, 9U);
  EXPECT_EQ(read->manifest.vault_file, manifest().vault_file);
  EXPECT_EQ(read->manifest.octets(), 17U);
  ASSERT_EQ(read->manifest.files.size(), 2U);
  EXPECT_EQ(read->manifest.files[0].name, "private/7/CURRENT");
  EXPECT_EQ(read->manifest.files[0].sha256[0], 5);
}

TEST_F(BackupManifestTest, AChangedMemberIsNotAuthentic) {
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {R"("commit":42)", R"("commit":43)"},
           {R"("number":7)", R"("number":8)"},
           {R"("size":16)", R"("size":17)"},
           {R"("created_at":1800000000)", R"("created_at":1800000001)"},
           {"private/7/CURRENT", "private/7/CURRENU"}}) {
    const auto read = read_manifest(replaced(sealed(), from, to));
    ASSERT_TRUE(read) << read.error();
    EXPECT_FALSE(manifest_is_authentic(*read, *vault_)) << from;
  }
}

TEST_F(BackupManifestTest, TheSealOfAnotherBackupOrVaultIsNoSeal) {
  BackupManifest other = manifest();
  other.commit = 43;
  const auto one = read_manifest(sealed());
  const auto two = read_manifest(*seal_manifest(other, *vault_));
  ASSERT_TRUE(one && two);
  EXPECT_FALSE(manifest_is_authentic({one->manifest, one->content, two->seal}, *vault_));
  const auto stranger = make_vault("stranger");
  EXPECT_FALSE(manifest_is_authentic(*one, *stranger));
  EXPECT_FALSE(manifest_is_authentic(*read_manifest(*seal_manifest(manifest(), *stranger)), *vault_));
}

TEST_F(BackupManifestTest, WhatIsNoManifestIsRefused) {
  const std::string text = sealed();
  for (const std::string& bad :
       {std::string(), std::string("\n"), std::string("{}\n\n"), std::string("{}\nAAAA\n"),
        text.substr(0, text.size() - 1), text.substr(0, text.size() / 2), text + "more\n",
        replaced(text, R"("format":1)", R"("format":2)"), replaced(text, R"("format":1,)", ""),
        replaced(text, R"("number":7)", R"("number":0)"), replaced(text, R"("number":7)", R"("number":-7)"),
        replaced(text, R"("number":7)", R"("number":4294967296)"), replaced(text, R"("version":"0.1.0",)", ""),
        replaced(text, R"("vault_id":")", R"("vault_id":"A)"), replaced(text, R"("sha256":")", R"("sha256":"*)"),
        replaced(text, R"("size":16)", R"("size":"16")")}) {
    EXPECT_FALSE(read_manifest(bad)) << bad;
  }
}

TEST_F(BackupManifestTest, ANameThatLeadsOutOfTheDirectoryIsRefused) {
  for (const std::string_view name :
       {"/etc/passwd", "../outside", "private/../../outside", "", "a b", "a\\\\b", "\\u0000"}) {
    EXPECT_FALSE(read_manifest(replaced(sealed(), "private/7/CURRENT", name))) << name;
  }
}

}  // namespace
}  // namespace signet
