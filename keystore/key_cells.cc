#include "keystore/key_cells.h"

#include <fmt/format.h>

#include <algorithm>

namespace signet {
namespace {

constexpr std::string_view kKeyFamily = "key";
constexpr std::string_view kDialectKeyFamily = "dialect-key";
constexpr std::string_view kLocationFamily = "token-key";
constexpr std::string_view kDialectLocationFamily = "dialect-token-key";
constexpr uint32_t kKeyCellVersion = 1;  // rises when a key is sealed anew
const char* const kDamaged = "was altered, or belongs elsewhere: restore the data directory from a backup";

// tenant (4 octets, big-endian), size of the kid (1), kid, algorithm (1), audience or dialect.
std::vector<uint8_t> key_cell_row(const KeyRow& row) {
  const std::string& place = row.dialect.empty() ? row.audience : row.dialect;
  std::vector<uint8_t> bytes;
  bytes.reserve(6 + row.kid.size() + place.size());
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<uint8_t>(row.tenant >> shift));
  bytes.push_back(static_cast<uint8_t>(row.kid.size()));
  for (const char c : row.kid) bytes.push_back(static_cast<uint8_t>(c));
  bytes.push_back(static_cast<uint8_t>(row.algorithm));
  for (const char c : place) bytes.push_back(static_cast<uint8_t>(c));
  return bytes;
}

// Another family for another use: a key cannot become a dialect's, nor an ordinary one, by a change of its row.
CellPlace key_cell_place(const KeyRow& row, ByteSpan key) {
  return {row.dialect.empty() ? kKeyFamily : kDialectKeyFamily, key, kKeyCellVersion};
}

CellPlace location_place(const KeyRow& row, ByteSpan key) {
  return {row.dialect.empty() ? kLocationFamily : kDialectLocationFamily, key, kKeyCellVersion};
}

std::expected<std::shared_ptr<const PrivateKey>, std::string> find_token_key(
    const KeyRow& row, const TokenObject& object, const std::shared_ptr<Pkcs11Token>& token) {
  if (!token) {
    return std::unexpected(
        fmt::format("its private half lives in a PKCS#11 token ({}): set pkcs11_module, pkcs11_token and "
                    "pkcs11_pin_file, so that it can sign",
                    row.location));
  }
  const auto expected = parse_jwk(row.public_jwk);
  // The kid is part of what the cell is bound to, and says which public half it must be.
  if (!expected || expected->algorithm != row.algorithm || jwk_thumbprint(*expected) != row.kid) {
    return std::unexpected(fmt::format("its public half {}", kDamaged));
  }
  auto key = open_token_key(token, object, *expected);
  if (key) return std::move(*key);
  return std::unexpected(fmt::format(
      "its private half in the PKCS#11 token ({}) cannot be used: {}: bring the token back, with the object "
      "in it",
      row.location, key.error().text));
}

std::expected<std::shared_ptr<const PrivateKey>, std::string> open_private_key(const Vault& vault, const KeyRow& row) {
  const std::vector<uint8_t> place = key_cell_row(row);
  const auto plain = vault.open_cell(key_cell_place(row, place), row.sealed_private);
  if (!plain) return std::unexpected(fmt::format("its sealed private half {}", kDamaged));
  auto key = load_private_key(row.algorithm, plain->expose());
  if (!key && key.error() == KeyError::kNoLockedMemory) {
    return std::unexpected(std::string(vault_error_text(VaultError::kNoLockedMemory)));
  }
  if (!key) return std::unexpected(std::string("its private half does not pass the test of a key of its algorithm"));
  return std::move(*key);
}

}  // namespace

std::expected<std::vector<uint8_t>, VaultError> seal_private_key(const Vault& vault, const KeyRow& row,
                                                                 const PrivateKey& key) {
  const std::vector<uint8_t> place = key_cell_row(row);
  const SecretBytes plain = key.serialise();
  return vault.seal_cell(key_cell_place(row, place), plain.expose());
}

std::expected<std::vector<uint8_t>, VaultError> seal_location(const Vault& vault, const KeyRow& row) {
  const std::vector<uint8_t> place = key_cell_row(row);
  return vault.seal_cell(location_place(row, place), as_bytes(row.location));
}

std::optional<TokenObject> open_location(const Vault& vault, const KeyRow& row) {
  const std::vector<uint8_t> place = key_cell_row(row);
  const auto plain = vault.open_cell(location_place(row, place), row.sealed_location);
  if (!plain || as_text(plain->expose()) != row.location) return std::nullopt;
  return read_token_object(row.location);
}

KeySource key_source(const KeyRow& row, std::shared_ptr<const PrivateKey> private_key) {
  return {.kid = row.kid,
          .algorithm = row.algorithm,
          .status = row.status,
          .audience = row.audience,
          .dialect = row.dialect,
          .public_jwk = row.public_jwk,
          .created_at = row.created_at,
          .activated_at = row.activated_at,
          .terms = row.terms,
          .revision = row.revision,
          .bits = row.bits,
          .location = row.location,
          .private_key = std::move(private_key)};
}

std::expected<PreparedKey, std::string> prepare_changed_key(const KeyRow& row, const SigningKey& before,
                                                            size_t signer_count) {
  const bool drains = before.status == KeyStatus::kActive && row.status == KeyStatus::kRetiring;
  const bool keeps = drains || keeps_private_half(row.status, row.algorithm);
  KeySource source = key_source(row, keeps ? before.private_key : nullptr);
  if (drains || (before.status == KeyStatus::kActive && row.status == KeyStatus::kActive)) {
    source.signed_as = before.revision;
  }
  auto prepared = prepare_key(std::move(source), signer_count);
  if (!prepared) return std::unexpected(fmt::format("key {} of tenant {}: {}", row.kid, row.tenant, prepared.error()));
  return prepared;
}

std::expected<PreparedKey, std::string> prepare_stored_key(const Vault& vault, const KeyRow& row, size_t signer_count,
                                                           const std::shared_ptr<Pkcs11Token>& token) {
  const auto failure = [&](const std::string& why) {
    return std::unexpected(fmt::format("key {} of tenant {}: {}", row.kid, row.tenant, why));
  };
  std::shared_ptr<const PrivateKey> private_key;
  if (!row.sealed_private.empty()) {
    auto opened = open_private_key(vault, row);
    if (!opened) return failure(opened.error());
    private_key = std::move(*opened);
  }
  if (!row.location.empty() || !row.sealed_location.empty()) {
    const auto object = open_location(vault, row);
    if (!object || private_key) return failure(fmt::format("its place in a PKCS#11 token {}", kDamaged));
    if (keeps_private_half(row.status, row.algorithm)) {
      auto found = find_token_key(row, *object, token);
      if (!found) return failure(found.error());
      private_key = std::move(*found);
    }
  }
  auto prepared = prepare_key(key_source(row, std::move(private_key)), signer_count);
  if (!prepared) return failure(prepared.error());
  return prepared;
}

namespace {

std::expected<HashKey, std::string> open_hash_key(const Vault& vault, std::string_view family, std::string_view name,
                                                  const SecretRow& row) {
  const auto plain = vault.open_cell({family, as_bytes(family), row.version}, row.sealed);
  HashKey key;
  if (!plain || plain->size() != key.size()) {
    return std::unexpected(fmt::format("version {} of the {} {}", row.version, name, kDamaged));
  }
  std::ranges::copy(plain->expose(), key.begin());
  return key;
}

}  // namespace

std::expected<std::vector<uint8_t>, VaultError> seal_pepper(const Vault& vault, uint32_t version, const HashKey& key) {
  return vault.seal_cell({kPepperFamily, as_bytes(kPepperFamily), version}, key);
}

std::expected<HashKey, std::string> open_pepper(const Vault& vault, const SecretRow& row) {
  return open_hash_key(vault, kPepperFamily, "pepper", row);
}

std::expected<std::vector<uint8_t>, VaultError> seal_family_key(const Vault& vault, uint32_t version,
                                                                const HashKey& key) {
  return vault.seal_cell({kFamilyKeyFamily, as_bytes(kFamilyKeyFamily), version}, key);
}

std::expected<HashKey, std::string> open_family_key(const Vault& vault, const SecretRow& row) {
  return open_hash_key(vault, kFamilyKeyFamily, "family key", row);
}

namespace {

constexpr std::string_view kDialectRecordFamily = "dialect-record";
constexpr uint32_t kDialectRecordCellVersion = 1;

// tenant (4 octets, big-endian), kind (1), id.
std::vector<uint8_t> dialect_record_row(const DialectRecordPlace& place) {
  std::vector<uint8_t> bytes;
  bytes.reserve(5 + place.id.size());
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<uint8_t>(place.tenant >> shift));
  bytes.push_back(static_cast<uint8_t>(place.kind));
  for (const char c : place.id) bytes.push_back(static_cast<uint8_t>(c));
  return bytes;
}

}  // namespace

std::expected<std::vector<uint8_t>, VaultError> seal_dialect_record(const Vault& vault, const DialectRecordPlace& place,
                                                                    ByteSpan value) {
  const std::vector<uint8_t> row = dialect_record_row(place);
  return vault.seal_cell({kDialectRecordFamily, row, kDialectRecordCellVersion}, value);
}

std::expected<SecretBytes, std::string> open_dialect_record(const Vault& vault, const DialectRecord& record) {
  const std::vector<uint8_t> row = dialect_record_row({record.tenant, record.kind, record.id});
  auto plain = vault.open_cell({kDialectRecordFamily, row, kDialectRecordCellVersion}, as_bytes(record.value));
  if (!plain) return std::unexpected(std::string(kDamaged));
  return std::move(*plain);
}

namespace {

std::optional<std::vector<uint8_t>> reseal(const Vault& vault, const CellPlace& place, ByteSpan cell) {
  const auto plain = vault.open_cell(place, cell);
  if (!plain) return std::nullopt;
  auto anew = vault.seal_cell(place, plain->expose());
  if (!anew) return std::nullopt;
  return std::move(*anew);
}

}  // namespace

std::optional<std::vector<uint8_t>> reseal_private_key(const Vault& vault, const KeyRow& row) {
  const std::vector<uint8_t> place = key_cell_row(row);
  return reseal(vault, key_cell_place(row, place), row.sealed_private);
}

std::optional<std::vector<uint8_t>> reseal_location(const Vault& vault, const KeyRow& row) {
  const std::vector<uint8_t> place = key_cell_row(row);
  return reseal(vault, location_place(row, place), row.sealed_location);
}

// Peppers and family keys: the family is the row.
std::optional<std::vector<uint8_t>> reseal_secret(const Vault& vault, const SecretRow& row) {
  return reseal(vault, {row.family, as_bytes(row.family), row.version}, row.sealed);
}

std::optional<std::vector<uint8_t>> reseal_dialect_record(const Vault& vault, const DialectRecord& record) {
  const std::vector<uint8_t> row = dialect_record_row({record.tenant, record.kind, record.id});
  return reseal(vault, {kDialectRecordFamily, row, kDialectRecordCellVersion}, as_bytes(record.value));
}

}  // namespace signet
