// Key cells: how the private half of a key and a version of the pepper are sealed. A cell is bound to all that decides
// what its content may be used for, so that whoever can write the store alone can neither move a key to another tenant
// or kid, nor change its algorithm, its dialect or (HMAC) its audience.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "keystore/keys/prepared_key.h"
#include "keystore/pkcs11/token_key.h"
#include "keystore/store/store.h"
#include "keystore/vault/vault.h"

namespace signet {

inline constexpr std::string_view kPepperFamily = "pepper";

// seal_private_key seals `key` for `row`, whose tenant, kid, algorithm, audience and dialect are set. Any thread.
std::expected<std::vector<uint8_t>, VaultError> seal_private_key(const Vault& vault, const KeyRow& row,
                                                                 const PrivateKey& key);
// The same of a key in a PKCS#11 token: what is sealed is `row.location`, which names the object.
std::expected<std::vector<uint8_t>, VaultError> seal_location(const Vault& vault, const KeyRow& row);
// open_location: the object that belongs to `row`; nothing when the cell does not open, or says something else than
// `row.location`. Any thread.
std::optional<TokenObject> open_location(const Vault& vault, const KeyRow& row);
// prepare_stored_key opens the row's private half, if it has one, and prepares the key. One in a token is looked for in
// `token` (null: there is none) and tested. The error names the key and says what is wrong. Any thread; blocks for the
// pairwise test.
std::expected<PreparedKey, std::string> prepare_stored_key(const Vault& vault, const KeyRow& row, size_t signer_count,
                                                           const std::shared_ptr<Pkcs11Token>& token = nullptr);
// prepare_changed_key prepares a key again after a change of its row; what it needs of the private half `before` has.
// What was given to `before` to sign and waits still finds a signer, unless the key is withdrawn. Any thread.
std::expected<PreparedKey, std::string> prepare_changed_key(const KeyRow& row, const SigningKey& before,
                                                            size_t signer_count);
// The parts of a row that the snapshot needs.
KeySource key_source(const KeyRow& row, std::shared_ptr<const PrivateKey> private_key);

// The same for the family keys.
inline constexpr std::string_view kFamilyKeyFamily = "family-key";
std::expected<std::vector<uint8_t>, VaultError> seal_family_key(const Vault& vault, uint32_t version,
                                                                const HashKey& key);
std::expected<HashKey, std::string> open_family_key(const Vault& vault, const SecretRow& row);

std::expected<std::vector<uint8_t>, VaultError> seal_pepper(const Vault& vault, uint32_t version, const HashKey& key);
// The error names the version. `key` is the caller's to wipe.
std::expected<HashKey, std::string> open_pepper(const Vault& vault, const SecretRow& row);

// The same cells sealed anew, as they are: with the root key that the vault has now. Nothing when one does not open.
std::optional<std::vector<uint8_t>> reseal_private_key(const Vault& vault, const KeyRow& row);
std::optional<std::vector<uint8_t>> reseal_location(const Vault& vault, const KeyRow& row);
std::optional<std::vector<uint8_t>> reseal_secret(const Vault& vault, const SecretRow& row);
std::optional<std::vector<uint8_t>> reseal_dialect_record(const Vault& vault, const DialectRecord& record);

// Records of dialects whose value is a secret: bound to tenant, kind and id.
struct DialectRecordPlace {
  uint32_t tenant = 0;
  DialectRecordKind kind{};
  std::string_view id;
};
std::expected<std::vector<uint8_t>, VaultError> seal_dialect_record(const Vault& vault, const DialectRecordPlace& place,
                                                                    ByteSpan value);
// `record.value` is the cell. The error says what is wrong, without the value.
std::expected<SecretBytes, std::string> open_dialect_record(const Vault& vault, const DialectRecord& record);

}  // namespace signet
