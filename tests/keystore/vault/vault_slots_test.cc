// Slots: each opens the vault by itself, none tells of another, and a new root key reaches all of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "keystore/vault/key_file.h"
#include "keystore/vault/vault.h"
#include "keystore/vault/vault_file.h"
#include "tests/keystore/vault/temporary_directory.h"

namespace signet {
namespace {

namespace fs = std::filesystem;
constexpr uint8_t kRow[] = {0, 0, 0, 0, 7};
const CellPlace kPlace{.family = "key", .row = kRow, .version = 3};
constexpr std::string_view kPassphrase = "correct horse battery staple";

class VaultSlotsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = Vault::create(data(), key_file());
    ASSERT_TRUE(made) << vault_error_text(made.error());
    vault_ = std::move(*made);
    cell_ = *vault_->seal_cell(kPlace, as_bytes("secret"));
  }
  fs::path data() const { return directory_ / "data"; }
  fs::path key_file() const { return directory_ / "vault.key"; }
  fs::path vault_file() const { return data() / "vault"; }

  static SlotSecret passphrase(std::string_view text = kPassphrase) { return *secret_of_passphrase(as_bytes(text)); }
  SlotSecret file() const { return *secret_of_key_file(key_file()); }
  // Adds a slot of shares and gives their texts.
  std::vector<std::string> add_shares(unsigned threshold, unsigned count) {
    auto secret = new_shared_secret(threshold, count);
    EXPECT_TRUE(secret);
    const auto number = vault_->add_slot(*secret);
    EXPECT_TRUE(number);
    std::vector<std::string> texts;
    const auto made = share_texts(*secret, vault_->id(), *number);
    for (const SecretBytes& text : *made) texts.emplace_back(as_text(text.expose()));
    return texts;
  }
  std::expected<SlotSecret, VaultError> put_together(const std::vector<std::string>& texts) const {
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    return secret_of_shares(vault_->id(), views);
  }
  // Whether the vault opens with it, and opens the cell that was sealed at first.
  VaultError open_error(const SlotSecret& secret) const {
    const auto opened = Vault::open(data(), secret);
    if (!opened) return opened.error();
    const auto plain = (*opened)->open_cell(kPlace, cell_);
    EXPECT_TRUE(plain && as_text(plain->expose()) == "secret");
    return VaultError::kExists;  // no error
  }
  bool opens(const SlotSecret& secret) const { return open_error(secret) == VaultError::kExists; }

  TemporaryDirectory directory_;
  std::unique_ptr<Vault> vault_;
  std::vector<uint8_t> cell_;
};

TEST_F(VaultSlotsTest, APassphraseOpensItBesideTheKeyFile) {
  const auto number = vault_->add_slot(passphrase());
  ASSERT_TRUE(number);
  EXPECT_EQ(*number, 2u);
  EXPECT_TRUE(opens(passphrase()));
  EXPECT_TRUE(opens(file()));
  EXPECT_EQ(open_error(passphrase("correct horse battery stable")), VaultError::kWrongPassphrase);
}

TEST_F(VaultSlotsTest, AShortPassphraseIsRefused) {
  EXPECT_EQ(secret_of_passphrase(as_bytes("eleven octs")).error(), VaultError::kWeakPassphrase);
  EXPECT_TRUE(secret_of_passphrase(as_bytes("twelve octet")));
  EXPECT_EQ(secret_of_passphrase(as_bytes(std::string(1025, 'a'))).error(), VaultError::kWeakPassphrase);
}

TEST_F(VaultSlotsTest, SharesOpenItFromTheirThresholdOn) {
  const auto texts = add_shares(3, 5);
  ASSERT_EQ(texts.size(), 5u);
  for (const auto& some : {std::vector{texts[0], texts[1], texts[2]}, std::vector{texts[4], texts[2], texts[0]},
                           std::vector{texts[0], texts[1], texts[2], texts[3], texts[4]}}) {
    const auto secret = put_together(some);
    ASSERT_TRUE(secret) << vault_error_text(secret.error());
    EXPECT_TRUE(opens(*secret));
  }
  EXPECT_EQ(put_together({texts[0], texts[1]}).error(), VaultError::kTooFewShares);
  EXPECT_EQ(put_together({}).error(), VaultError::kTooFewShares);
  EXPECT_EQ(put_together({texts[0], texts[1], texts[1]}).error(), VaultError::kShareTwice);
}

TEST_F(VaultSlotsTest, SharesOfTwoSlotsOrVaultsDoNotMix) {
  const auto first = add_shares(2, 3), second = add_shares(2, 3);
  EXPECT_EQ(put_together({first[0], second[1]}).error(), VaultError::kMixedShares);
  const TemporaryDirectory elsewhere;
  const auto other = Vault::create(elsewhere.path(), key_file());
  ASSERT_TRUE(other);
  const std::vector<std::string_view> views(first.begin(), first.end());
  EXPECT_EQ(secret_of_shares((*other)->id(), views).error(), VaultError::kMixedShares);
}

TEST_F(VaultSlotsTest, ASlipInAShareIsNoticed) {
  const auto texts = add_shares(2, 3);
  for (size_t at : {size_t{0}, size_t{15}, size_t{40}, texts[0].size() - 1}) {
    std::string wrong = texts[0];
    wrong[at] = wrong[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(put_together({wrong, texts[1]}).error(), VaultError::kBadShare) << at;
  }
  EXPECT_EQ(put_together({texts[0].substr(1), texts[1]}).error(), VaultError::kBadShare);
  EXPECT_EQ(put_together({"", texts[1]}).error(), VaultError::kBadShare);
}

TEST_F(VaultSlotsTest, ARemovedSlotOpensNothing) {
  ASSERT_TRUE(vault_->add_slot(passphrase()));
  const auto shares = add_shares(2, 2);
  ASSERT_TRUE(vault_->remove_slot(2));
  EXPECT_EQ(open_error(passphrase()), VaultError::kWrongPassphrase);
  EXPECT_TRUE(opens(file()));
  EXPECT_EQ(vault_->remove_slot(2).error(), VaultError::kNoSuchSlot);
  ASSERT_TRUE(vault_->remove_slot(3));
  EXPECT_EQ(open_error(*put_together(shares)), VaultError::kWrongShares);
}

TEST_F(VaultSlotsTest, TheLastSlotStays) {
  EXPECT_EQ(vault_->remove_slot(1).error(), VaultError::kLastSlot);
  EXPECT_TRUE(opens(file()));
}

TEST_F(VaultSlotsTest, NumbersAreNeverUsedAgain) {
  ASSERT_EQ(*vault_->add_slot(passphrase()), 2u);
  ASSERT_TRUE(vault_->remove_slot(2));
  EXPECT_EQ(*vault_->add_slot(passphrase()), 3u);
  auto again = Vault::open(data(), file());
  ASSERT_TRUE((*again)->remove_slot(3));
  EXPECT_EQ(*(*again)->add_slot(passphrase()), 4u);
}

TEST_F(VaultSlotsTest, CheckingOneSlotNamesItAndOpensNoOther) {
  ASSERT_TRUE(vault_->add_slot(passphrase()));
  EXPECT_EQ(*vault_->check_slot(passphrase()), 2u);
  EXPECT_EQ(*vault_->check_slot(file()), 1u);
  EXPECT_EQ(vault_->check_slot(passphrase("another passphrase")).error(), VaultError::kWrongPassphrase);
}

TEST_F(VaultSlotsTest, TheSummaryTellsSlotsAndNoSecret) {
  ASSERT_TRUE(vault_->add_slot(passphrase()));
  add_shares(2, 3);
  const auto summary = read_vault_summary(data());
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->id, vault_->id());
  ASSERT_EQ(summary->slots.size(), 3u);
  EXPECT_EQ(summary->slots[0].kind, "key-file");
  EXPECT_EQ(summary->slots[1].kind, "passphrase");
  EXPECT_EQ(summary->slots[2].kind, "shares");
  EXPECT_EQ(summary->slots[2].threshold, 2u);
  EXPECT_EQ(summary->slots[2].shares, 3u);
  EXPECT_FALSE(summary->rekeying);
}

TEST_F(VaultSlotsTest, SixtyFourSlotsAreEnough) {
  for (int i = 1; i < 64; ++i) ASSERT_TRUE(vault_->add_slot(file())) << i;
  EXPECT_EQ(vault_->add_slot(file()).error(), VaultError::kSlotsFull);
  EXPECT_TRUE(opens(file()));
}

TEST_F(VaultSlotsTest, ANewRootKeyReachesEverySlotWithoutTheirSecrets) {
  ASSERT_TRUE(vault_->add_slot(passphrase()));
  const auto shares = add_shares(2, 3);
  const auto before = read_whole(vault_file());
  ASSERT_TRUE(vault_->begin_rekey());
  EXPECT_TRUE(vault_->rekeying());
  EXPECT_TRUE(opens(file())) << "cells of the key before open until they are sealed anew";
  EXPECT_TRUE(opens(passphrase()));
  EXPECT_TRUE(opens(*put_together({shares[0], shares[2]})));
  const auto anew = vault_->seal_cell(kPlace, as_bytes("secret"));
  ASSERT_TRUE(vault_->end_rekey());
  EXPECT_FALSE(vault_->rekeying());
  EXPECT_EQ(vault_->open_cell(kPlace, cell_).error(), VaultError::kBadCell);
  cell_ = *anew;
  EXPECT_TRUE(opens(file()));
  EXPECT_TRUE(opens(passphrase()));
  EXPECT_TRUE(opens(*put_together({shares[1], shares[2]})));
  EXPECT_EQ(read_vault_summary(data())->generation, 2u);
  // An older copy of the file put back: it opens, with a root key that opens nothing any more.
  write_whole(vault_file(), before);
  const auto older = Vault::open(data(), file());
  ASSERT_TRUE(older);
  EXPECT_EQ((*older)->open_cell(kPlace, cell_).error(), VaultError::kBadCell);
}

TEST_F(VaultSlotsTest, ASlotThatWasRemovedBeforeARekeyGivesNothingOfTheNewRootKey) {
  ASSERT_TRUE(vault_->add_slot(passphrase()));
  const auto leaked = read_whole(vault_file());
  ASSERT_TRUE(vault_->remove_slot(2));
  ASSERT_TRUE(vault_->begin_rekey());
  cell_ = *vault_->seal_cell(kPlace, as_bytes("secret"));
  ASSERT_TRUE(vault_->end_rekey());
  // Whoever kept the file and the passphrase has the old root key, and with it nothing that is sealed now.
  write_whole(vault_file(), leaked);
  const auto old = Vault::open(data(), passphrase());
  ASSERT_TRUE(old);
  EXPECT_FALSE((*old)->open_cell(kPlace, cell_));
}

TEST_F(VaultSlotsTest, ARekeyThatWasBegunGoesOnAfterAnyCrash) {
  ASSERT_TRUE(vault_->begin_rekey());
  auto again = Vault::open(data(), file());
  ASSERT_TRUE(again);
  ASSERT_TRUE((*again)->begin_rekey()) << "it has begun already";
  EXPECT_EQ((*again)->summary().generation, 2u) << "no third key";
  EXPECT_TRUE((*again)->open_cell(kPlace, cell_));
  ASSERT_TRUE((*again)->end_rekey());
  EXPECT_FALSE(read_vault_summary(data())->rekeying);
}

// Every octet of the file: altered, the vault is refused, whatever the slot.
TEST_F(VaultSlotsTest, NoAlteredFileOpens) {
  add_shares(2, 2);
  ASSERT_TRUE(vault_->begin_rekey());
  const auto whole = read_whole(vault_file());
  for (size_t at = 0; at < whole.size(); ++at) {
    auto bytes = whole;
    bytes[at] ^= 0x10;
    // With a checksum that holds, as somebody would give it who alters on purpose.
    const Sha256Digest sum = sha256(ByteSpan(bytes).first(bytes.size() - 32));
    if (at < bytes.size() - 32) std::ranges::copy(sum, bytes.end() - 32);
    write_whole(vault_file(), bytes);
    ASSERT_FALSE(Vault::open(data(), file())) << "octet " << at << " of " << whole.size();
  }
}

// Somebody who can write the file, but opens no slot, makes a root key of his own and seals it to the slot's public
// key. Without what vouches for it the slot does not take it.
TEST_F(VaultSlotsTest, ASlotOfAnotherVaultWithThePublicKeyOfThisOneIsNotTaken) {
  const TemporaryDirectory elsewhere;
  const auto other = Vault::create(elsewhere.path(), elsewhere.path() / "other.key");
  ASSERT_TRUE(other);
  auto mine = *parse_vault_file(read_whole(vault_file()));
  const auto theirs = *parse_vault_file(read_whole(elsewhere.path() / "vault"));
  // Everything that depends on the root key, from the other vault; the slot's own keys from this one.
  constexpr size_t kDependsOnRoot = 32 + 32 + 16 + 24 + 32 + 32 + 16;
  std::copy(theirs.slots[0].payload.begin() + kDependsOnRoot, theirs.slots[0].payload.end(),
            mine.slots[0].payload.begin() + kDependsOnRoot);
  write_whole(vault_file(), encode_vault_file(mine, HashKey{}));
  EXPECT_EQ(open_error(file()), VaultError::kWrongKey);
}

}  // namespace
}  // namespace signet
