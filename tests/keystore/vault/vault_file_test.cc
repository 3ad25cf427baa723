#include "keystore/vault/vault_file.h"

#include <gtest/gtest.h>

#include "keystore/vault/key_file.h"
#include "keystore/vault/little_endian.h"
#include "keystore/vault/vault_slot.h"

namespace signet {
namespace {

constexpr HashKey kMacKey{9, 9, 9};
constexpr uint32_t kKindOfALaterRelease = 4711;

VaultFile file_with_slots() {
  VaultFile file;
  file.id = {1, 2, 3};
  file.generation = 7;
  file.slots.push_back({.kind = kKindOfALaterRelease, .number = 3, .payload = {1, 2, 3, 4}});
  file.slots.push_back({.kind = 1, .number = 1, .payload = std::vector<uint8_t>(104, 5)});
  file.slots.push_back({.kind = kKindOfALaterRelease + 1, .number = 9, .payload = {}});
  return file;
}

// Replaces the checksum after a change, as somebody would who wants the change unseen.
void checksum_again(std::vector<uint8_t>& bytes) {
  const auto digest = sha256(ByteSpan(bytes).first(bytes.size() - 32));
  std::copy(digest.begin(), digest.end(), bytes.end() - 32);
}

TEST(VaultFileTest, KeepsSlotsOfUnknownKinds) {
  const VaultFile file = file_with_slots();
  const auto parsed = parse_vault_file(encode_vault_file(file, kMacKey));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, file);
  EXPECT_EQ(encode_vault_file(*parsed, kMacKey), encode_vault_file(file, kMacKey));
}

TEST(VaultFileTest, RefusesAnotherVersionWhateverFollows) {
  auto bytes = encode_vault_file(file_with_slots(), kMacKey);
  bytes[8] = 1;
  EXPECT_EQ(parse_vault_file(bytes).error(), VaultError::kBadFormat);
  checksum_again(bytes);
  EXPECT_EQ(parse_vault_file(bytes).error(), VaultError::kBadFormat);
}

TEST(VaultFileTest, RefusesATableThatDoesNotAddUp) {
  const auto whole = encode_vault_file(file_with_slots(), kMacKey);
  // Offsets: slot count 12, size of the root key before 36, size of the first slot 52.
  for (const size_t offset : {12U, 36U, 52U}) {
    for (const uint8_t value : {uint8_t{0}, uint8_t{2}, uint8_t{5}, uint8_t{255}}) {
      auto bytes = whole;
      if (bytes[offset] == value) continue;
      bytes[offset] = value;
      checksum_again(bytes);
      EXPECT_EQ(parse_vault_file(bytes).error(), VaultError::kDamaged) << offset << ' ' << int{value};
    }
  }
}

TEST(VaultFileTest, RefusesASlotSizeThatOverflows) {
  auto bytes = encode_vault_file(file_with_slots(), kMacKey);
  for (size_t i = 52; i < 56; ++i) bytes[i] = 0xff;
  checksum_again(bytes);
  EXPECT_EQ(parse_vault_file(bytes).error(), VaultError::kDamaged);
}

TEST(VaultFileTest, AuthenticationSeesEachChangeBehindAGoodChecksum) {
  const auto whole = encode_vault_file(file_with_slots(), kMacKey);
  EXPECT_TRUE(vault_file_authentic(whole, kMacKey));
  for (size_t i = 0; i < whole.size() - 32; ++i) {
    auto bytes = whole;
    bytes[i] ^= 0x80;
    checksum_again(bytes);
    EXPECT_FALSE(vault_file_authentic(bytes, kMacKey)) << i;
  }
  EXPECT_FALSE(vault_file_authentic(whole, HashKey{}));
  EXPECT_FALSE(vault_file_authentic({}, kMacKey));
}

class KeyFileSlotTest : public testing::Test {
 protected:
  KeyFileSlotTest() {
    file_.id = {8};
    slot_ = *make_slot(file_, 1, secret(), {}, root_);
  }
  SlotSecret secret() const { return {.kind = SlotKind::kKeyFile, .octets = *LockedBytes::copy_of(key_file_)}; }
  bool opens() { return open_slot(file_, slot_, secret()).has_value(); }

  VaultFile file_;
  std::array<uint8_t, 32> key_file_{1};
  std::array<uint8_t, 32> root_{2};
  VaultSlot slot_;
};

TEST_F(KeyFileSlotTest, GivesBackTheRootKey) {
  const auto root = open_slot(file_, slot_, secret());
  ASSERT_TRUE(root);
  EXPECT_TRUE(constant_time_equal(root->expose(), root_));
}

TEST_F(KeyFileSlotTest, RefusesAnotherKeyFile) {
  key_file_[31] ^= 1;
  EXPECT_FALSE(opens());
}

TEST_F(KeyFileSlotTest, RefusesASlotOfAnotherVaultGenerationOrNumber) {
  file_.id[0] ^= 1;
  EXPECT_FALSE(opens());
  file_.id[0] ^= 1;
  file_.generation = 2;
  EXPECT_FALSE(opens());
  file_.generation = 1;
  slot_.number = 2;
  EXPECT_FALSE(opens());
  slot_.number = 1;
  EXPECT_TRUE(opens());
}

TEST_F(KeyFileSlotTest, RefusesEachChangedOctetAndSize) {
  for (uint8_t& octet : slot_.payload) {
    octet ^= 1;
    EXPECT_FALSE(opens());
    octet ^= 1;
  }
  EXPECT_TRUE(opens());
  slot_.payload.push_back(0);
  EXPECT_FALSE(opens());
  slot_.payload.resize(slot_.payload.size() - 2);
  EXPECT_FALSE(opens());
  slot_.payload.clear();
  EXPECT_FALSE(opens());
}

}  // namespace
}  // namespace signet
