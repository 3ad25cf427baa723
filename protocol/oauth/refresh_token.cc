#include "protocol/oauth/refresh_token.h"

#include <cstring>

#include "protocol/base/base64url.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kFamilyAt = 2;
constexpr size_t kSequenceAt = kFamilyAt + sizeof(FamilyId);
constexpr size_t kSecretAt = kSequenceAt + 4;
constexpr size_t kMacAt = kSecretAt + sizeof(RefreshSecret);
constexpr size_t kMacSize = 8;
constexpr size_t kOctets = kMacAt + kMacSize;
static_assert(base64url_encoded_size(kOctets) == kRefreshTokenSize);

void put_sequence(uint32_t sequence, uint8_t* out) {
  for (size_t i = 0; i < 4; ++i) out[i] = static_cast<uint8_t>(sequence >> (24 - 8 * i));
}

uint32_t get_sequence(const uint8_t* in) {
  uint32_t sequence = 0;
  for (size_t i = 0; i < 4; ++i) sequence = sequence << 8 | in[i];
  return sequence;
}

std::array<uint8_t, kMacSize> mac_of(const RefreshKeys& keys, ByteSpan octets) {
  const KeyedHash128 whole = keyed_hash_128(keys.mac, octets.first(kMacAt));
  std::array<uint8_t, kMacSize> mac;
  std::memcpy(mac.data(), whole.data(), mac.size());
  return mac;
}

}  // namespace

RefreshKeys derive_refresh_keys(const HashKey& family_key) {
  return {derive_key(family_key, "rt-mac"), derive_key(family_key, "rt-next"), derive_key(family_key, "rt-hash")};
}

std::optional<UncheckedRefreshToken> UncheckedRefreshToken::read(std::string_view text) {
  if (text.size() != kRefreshTokenSize) return std::nullopt;
  UncheckedRefreshToken token;
  static_assert(sizeof token.octets_ == kOctets && base64url_decoded_size_max(kRefreshTokenSize) == kOctets);
  const auto size = base64url_decode(text, token.octets_);
  if (size != kOctets || token.octets_[0] != kVersion) return std::nullopt;
  return token;
}

UncheckedRefreshToken::~UncheckedRefreshToken() { wipe(octets_); }

std::optional<RefreshToken> UncheckedRefreshToken::check(const RefreshKeys& keys) const {
  if (!constant_time_equal(mac_of(keys, octets_), ByteSpan(octets_).subspan(kMacAt))) return std::nullopt;
  RefreshToken token{.key_version = key_version(), .sequence = get_sequence(octets_.data() + kSequenceAt)};
  std::memcpy(token.family.data(), octets_.data() + kFamilyAt, token.family.size());
  std::memcpy(token.secret.data(), octets_.data() + kSecretAt, token.secret.size());
  return token;
}

void write_refresh_token(const RefreshKeys& keys, const RefreshToken& token, char* out) {
  std::array<uint8_t, kOctets> octets;
  octets[0] = kVersion;
  octets[1] = token.key_version;
  std::memcpy(octets.data() + kFamilyAt, token.family.data(), token.family.size());
  put_sequence(token.sequence, octets.data() + kSequenceAt);
  std::memcpy(octets.data() + kSecretAt, token.secret.data(), token.secret.size());
  const auto mac = mac_of(keys, octets);
  std::memcpy(octets.data() + kMacAt, mac.data(), mac.size());
  base64url_encode(octets, out);
  wipe(octets);
}

RefreshSecret next_refresh_secret(const RefreshKeys& keys, const RefreshSecret& secret, const FamilyId& family,
                                  uint32_t next_sequence, const RefreshSalt& salt) {
  std::array<uint8_t, sizeof(RefreshSecret) + sizeof(FamilyId) + 4 + sizeof(RefreshSalt)> message;
  uint8_t* at = message.data();
  std::memcpy(at, secret.data(), secret.size());
  std::memcpy(at += secret.size(), family.data(), family.size());
  put_sequence(next_sequence, at += family.size());
  std::memcpy(at + 4, salt.data(), salt.size());
  const RefreshSecret next = keyed_hash_256(keys.next, message);
  wipe(message);
  return next;
}

RefreshHash hash_refresh_secret(const RefreshKeys& keys, const FamilyId& family, uint32_t sequence,
                                const RefreshSecret& secret) {
  std::array<uint8_t, sizeof(FamilyId) + 4 + sizeof(RefreshSecret)> message;
  uint8_t* at = message.data();
  std::memcpy(at, family.data(), family.size());
  put_sequence(sequence, at += family.size());
  std::memcpy(at + 4, secret.data(), secret.size());
  const RefreshHash hash = keyed_hash_128(keys.hash, message);
  wipe(message);
  return hash;
}

FamilyName family_name_of(const FamilyId& family) {
  FamilyName name;
  base64url_encode(family, name.characters.data());
  return name;
}

std::optional<FamilyId> family_named(std::string_view name) {
  FamilyId family;
  static_assert(base64url_decoded_size_max(kFamilyNameSize) == sizeof(FamilyId));
  if (name.size() != kFamilyNameSize || base64url_decode(name, family) != family.size()) return std::nullopt;
  return family;
}

}  // namespace signet
