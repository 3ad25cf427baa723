#include "keystore/vault/slot_secret.h"

#include <sodium.h>

#include <algorithm>

#include "keystore/vault/key_file.h"
#include "keystore/vault/little_endian.h"
#include "keystore/vault/shares.h"
#include "protocol/base/base64url.h"
#include "protocol/base/digest.h"

namespace signet {
namespace {

constexpr std::string_view kSharePrefix = "signet-share-1-";
constexpr size_t kSharedSize = 32;
constexpr size_t kShareChecksumSize = 4;
// Vault (16), slot (4), threshold (1), index (1), value (32), checksum (4).
constexpr size_t kShareHeaderSize = 16 + 4 + 1 + 1;
constexpr size_t kShareSize = kShareHeaderSize + kSharedSize + kShareChecksumSize;

std::unexpected<VaultError> fail(VaultError error) { return std::unexpected(error); }

struct ParsedShare {
  VaultId vault{};
  uint32_t number = 0;
  unsigned threshold = 0;
  SecretShare share;
};

std::expected<ParsedShare, VaultError> parse_share(std::string_view text) {
  if (!text.starts_with(kSharePrefix)) return fail(VaultError::kBadShare);
  text.remove_prefix(kSharePrefix.size());
  auto octets = LockedBytes::zeroed(kShareSize);
  auto value = LockedBytes::zeroed(kSharedSize);
  if (!octets || !value) return fail(VaultError::kNoLockedMemory);
  if (text.size() != base64url_encoded_size(kShareSize)) return fail(VaultError::kBadShare);
  const auto size = base64url_decode(text, octets->expose_mutable());
  if (!size || *size != kShareSize) return fail(VaultError::kBadShare);
  const ByteSpan bytes = octets->expose();
  const Sha256Digest sum = sha256(bytes.first(kShareSize - kShareChecksumSize));
  if (!std::ranges::equal(ByteSpan(sum).first(kShareChecksumSize), bytes.last(kShareChecksumSize))) {
    return fail(VaultError::kBadShare);
  }
  ParsedShare parsed{.number = load_le32(bytes.subspan(16)), .threshold = bytes[20], .share = {}};
  std::ranges::copy(bytes.first(16), parsed.vault.begin());
  std::ranges::copy(bytes.subspan(kShareHeaderSize, kSharedSize), value->expose_mutable().begin());
  parsed.share = {bytes[21], std::move(*value)};
  if (parsed.threshold < 2 || parsed.share.index == 0) return fail(VaultError::kBadShare);
  return parsed;
}

}  // namespace

std::string_view slot_kind_name(SlotKind kind) {
  switch (kind) {
    case SlotKind::kKeyFile:
      return "key-file";
    case SlotKind::kPassphrase:
      return "passphrase";
    case SlotKind::kShares:
      return "shares";
  }
  return "unknown";
}

std::expected<SlotSecret, VaultError> secret_of_key_file(const std::filesystem::path& path) {
  auto key = read_key_file(path);
  if (!key) return fail(key.error());
  return SlotSecret{.kind = SlotKind::kKeyFile, .octets = std::move(*key)};
}

std::expected<SlotSecret, VaultError> secret_of_passphrase(ByteSpan passphrase) {
  if (passphrase.size() < kPassphraseSizeMin || passphrase.size() > kPassphraseSizeMax) {
    return fail(VaultError::kWeakPassphrase);
  }
  auto octets = LockedBytes::copy_of(passphrase);
  if (!octets) return fail(VaultError::kNoLockedMemory);
  return SlotSecret{.kind = SlotKind::kPassphrase, .octets = std::move(*octets)};
}

std::expected<SlotSecret, VaultError> new_shared_secret(unsigned threshold, unsigned shares) {
  if (threshold < 2 || threshold > shares || shares > kSharesMax) return fail(VaultError::kBadThreshold);
  auto octets = LockedBytes::zeroed(kSharedSize);
  if (!octets) return fail(VaultError::kNoLockedMemory);
  randombytes_buf(octets->expose_mutable().data(), octets->size());
  return SlotSecret{.kind = SlotKind::kShares, .octets = std::move(*octets), .threshold = threshold, .shares = shares};
}

std::optional<std::vector<SecretBytes>> share_texts(const SlotSecret& secret, const VaultId& vault, uint32_t number) {
  const auto shares = split_secret(secret.octets.expose(), secret.threshold, secret.shares);
  if (!shares) return std::nullopt;
  std::vector<SecretBytes> texts;
  for (const SecretShare& share : *shares) {
    std::vector<uint8_t> octets;
    octets.reserve(kShareSize);  // so that no copy is left behind
    append_bytes(octets, vault);
    append_le32(octets, number);
    octets.push_back(static_cast<uint8_t>(secret.threshold));
    octets.push_back(share.index);
    append_bytes(octets, share.value.expose());
    const Sha256Digest sum = sha256(octets);
    append_bytes(octets, ByteSpan(sum).first(kShareChecksumSize));
    SecretBytes text(kSharePrefix.size() + base64url_encoded_size(kShareSize));
    const MutableByteSpan out = text.expose_mutable();
    std::ranges::copy(as_bytes(kSharePrefix), out.begin());
    base64url_encode(octets, reinterpret_cast<char*>(out.data()) + kSharePrefix.size());
    wipe(octets);
    texts.push_back(std::move(text));
  }
  return texts;
}

std::expected<SlotSecret, VaultError> secret_of_shares(const VaultId& vault, std::span<const std::string_view> texts) {
  std::vector<ParsedShare> parsed;
  for (const std::string_view text : texts) {
    auto share = parse_share(text);
    if (!share) return fail(share.error());
    parsed.push_back(std::move(*share));
  }
  if (parsed.empty()) return fail(VaultError::kTooFewShares);
  const ParsedShare& first = parsed.front();
  std::vector<const SecretShare*> shares;
  for (const ParsedShare& one : parsed) {
    if (one.vault != vault || one.number != first.number || one.threshold != first.threshold) {
      return fail(VaultError::kMixedShares);
    }
    const auto twice = [&](const SecretShare* other) { return other->index == one.share.index; };
    if (std::ranges::any_of(shares, twice)) return fail(VaultError::kShareTwice);
    shares.push_back(&one.share);
  }
  if (shares.size() < first.threshold) return fail(VaultError::kTooFewShares);
  auto secret = combine_shares(std::span(shares).first(first.threshold));
  if (!secret) return fail(VaultError::kNoLockedMemory);
  return SlotSecret{.kind = SlotKind::kShares, .octets = std::move(*secret), .number = first.number};
}

}  // namespace signet
