#include "keystore/clients/client_secret.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <optional>
#include <system_error>

#include "keystore/vault/locked_bytes.h"
#include "protocol/base/check.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

constexpr size_t kIdSizeMax = 256;      // what client authentication lets through
constexpr size_t kSecretSizeMax = 256;  // likewise
constexpr size_t kMessageSizeMax = 4 + 2 + kIdSizeMax + 2 + kSecretSizeMax;

// The hashed message: tenant (4 octets), size of the id (2), id, size of the secret (2), secret; little-endian. The
// sizes make it unambiguous: no other (tenant, id, secret) gives the same octets.
class Message {
 public:
  Message(uint32_t tenant, std::string_view client_id, std::string_view secret) {
    number(tenant, 4);
    text(client_id.substr(0, kIdSizeMax));
    text(secret.substr(0, kSecretSizeMax));
  }
  ~Message() { wipe({bytes_.data(), size_}); }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;
  ByteSpan bytes() const { return {bytes_.data(), size_}; }

 private:
  void number(size_t value, int octets) {
    for (int i = 0; i < octets; ++i) bytes_[size_++] = static_cast<uint8_t>(value >> (8 * i));
  }
  void text(std::string_view value) {
    number(value.size(), 2);
    std::copy(value.begin(), value.end(), bytes_.begin() + static_cast<ptrdiff_t>(size_));
    size_ += value.size();
  }
  std::array<uint8_t, kMessageSizeMax> bytes_;  // not zeroed: half a KiB per request
  size_t size_ = 0;
};

// Stands in for a secret that is not there. No hash is compared with it that could be equal but by chance of 2^-256,
// and an equal one would still be refused.
constexpr ClientSecret kAbsent{};

LockedBytes lock_keys(std::span<const HashKey> keys) {
  auto locked = LockedBytes::zeroed(2 * keys.size_bytes());  // of secrets, of passwords
  if (!locked) throw std::system_error(ENOMEM, std::generic_category(), "locking memory for the pepper");
  return std::move(*locked);
}

}  // namespace

struct Pepper::Implementation {
  Implementation(uint8_t first, std::span<const HashKey> from)
      : first_version(first),
        count(from.size()),
        memory(lock_keys(from)),
        keys(reinterpret_cast<HashKey*>(memory.expose_mutable().data())) {
    for (size_t i = 0; i < count; ++i) {
      new (keys + i) HashKey(from[i]);
      HashKey of_passwords = derive_key(from[i], "signet password");
      new (keys + count + i) HashKey(of_passwords);
      wipe(of_passwords);
    }
  }

  const HashKey& current() const { return keys[count - 1]; }
  bool known(uint8_t version) const { return version >= first_version && size_t{version} - first_version < count; }
  // A version that is not known gets the current key: the work is done all the same, and the caller refuses.
  const HashKey& key(uint8_t version) const { return known(version) ? keys[version - first_version] : current(); }

  uint8_t first_version;
  size_t count;
  LockedBytes memory;
  HashKey* keys;  // in `memory`: `count` of secrets, then as many of passwords
};

Pepper::Pepper(uint8_t first_version, std::span<const HashKey> keys) {
  SIGNET_CHECK(!keys.empty() && first_version + keys.size() - 1 <= UINT8_MAX);
  implementation_ = std::make_unique<Implementation>(first_version, keys);
}

Pepper::~Pepper() = default;

uint8_t Pepper::current_version() const {
  return static_cast<uint8_t>(implementation_->first_version + implementation_->count - 1);
}

const HashKey* Pepper::password_key(uint8_t version) const {
  const Implementation& own = *implementation_;
  return own.known(version) ? own.keys + own.count + (version - own.first_version) : nullptr;
}

ClientSecret Pepper::hash(uint32_t tenant, std::string_view client_id, std::string_view secret, UnixSeconds now) const {
  SIGNET_CHECK(client_id.size() <= kIdSizeMax && secret.size() <= kSecretSizeMax);
  const Message message(tenant, client_id, secret);
  ClientSecret result;
  result.hash = keyed_hash_256(implementation_->current(), message.bytes());
  result.pepper_version = current_version();
  result.created_at = now;
  return result;
}

Pepper::Presented Pepper::present(uint32_t tenant, std::string_view client_id, std::string_view secret) const {
  const Message message(tenant, client_id, secret);
  return {tenant, client_id, secret, keyed_hash_256(implementation_->current(), message.bytes())};
}

int Pepper::verify(const ClientRecord* record, const Presented& presented) const {
  const uint8_t current = current_version();
  const KeyedHash256& by_current = presented.by_current;
  const bool too_long = presented.client_id.size() > kIdSizeMax || presented.secret.size() > kSecretSizeMax;
  const size_t count = record == nullptr ? 0 : record->secret_count();
  // While an older pepper lives, everyone costs one hash more, unknown clients too: the work must not tell whether
  // there is a record, nor how old its secret is. Two secrets under two different older peppers cost a third.
  const uint8_t first_version = count > 0 ? record->secret(0).pepper_version : current;
  const uint8_t second_version = count > 1 ? record->secret(1).pepper_version : first_version;
  KeyedHash256 first = by_current;
  KeyedHash256 second = by_current;
  if (implementation_->count > 1) {
    const Message message(presented.tenant, presented.client_id, presented.secret);
    const uint8_t older = first_version != current ? first_version : second_version;
    const KeyedHash256 by_older = keyed_hash_256(implementation_->key(older), message.bytes());
    if (first_version != current) first = by_older;
    if (second_version != current) {
      second =
          second_version == older ? by_older : keyed_hash_256(implementation_->key(second_version), message.bytes());
    }
  }
  // Both are always compared, and in the same time (an early exit tells how much was right: CVE-2024-25189,
  // CVE-2024-25714).
  const bool first_equal = constant_time_equal(first, (count > 0 ? record->secret(0) : kAbsent).hash);
  const bool second_equal = constant_time_equal(second, (count > 1 ? record->secret(1) : kAbsent).hash);
  const bool first_matches = first_equal & (count > 0) & implementation_->known(first_version);
  const bool second_matches = second_equal & (count > 1) & implementation_->known(second_version);
  if (too_long) return -1;
  // 0, 1 or -1 by arithmetic: which secret it was decides no jump here (a test under valgrind holds this to account).
  return (2 * static_cast<int>(second_matches) - 1) & (static_cast<int>(first_matches) - 1);
}

bool valid_client_id(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
  };
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), allowed);
}

bool valid_client_secret(std::string_view secret) {
  // RFC 6749 appendix A.2: VSCHAR.
  const auto allowed = [](char c) { return c >= 0x20 && c <= 0x7E; };
  return secret.size() >= 16 && secret.size() <= kSecretSizeMax && std::all_of(secret.begin(), secret.end(), allowed);
}

}  // namespace signet
