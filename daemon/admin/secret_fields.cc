#include "daemon/admin/secret_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "keystore/vault/credential.h"
#include "keystore/vault/key_file.h"

namespace signet {
namespace {

constexpr std::string_view kKindWanted = "kind: expected key-file, passphrase, shares or credential";
constexpr std::string_view kCredential = "credential";

std::expected<SlotSecret, std::string> told(std::expected<SlotSecret, VaultError> secret) {
  if (secret) return std::move(*secret);
  return std::unexpected(std::string(vault_error_text(secret.error())));
}

std::expected<SlotSecret, std::string> read_key_file_member(const JsonValue& body, bool make) {
  const std::string* path = body.find_string("path");
  if (path == nullptr || !path->starts_with('/')) return std::unexpected("path: expected an absolute path");
  auto secret = secret_of_key_file(*path);
  if (secret || !make || secret.error() != VaultError::kKeyFileMissing) return told(std::move(secret));
  if (auto made = create_key_file(*path); !made) return std::unexpected(std::string(vault_error_text(made.error())));
  return told(secret_of_key_file(*path));
}

// What is in it says what kind of slot it opens.
std::expected<SlotSecret, std::string> read_credential_member(const JsonValue& body) {
  const std::string* text = body.find_string("name");
  const auto credential = text == nullptr ? std::nullopt : parse_vault_credential(*text);
  if (!credential) return told(std::unexpected(VaultError::kBadCredentialName));
  return told(secret_of_credential(*credential));
}

std::expected<SlotSecret, std::string> read_passphrase(const JsonValue& body) {
  const std::string* text = body.find_string("passphrase");
  if (text == nullptr) return std::unexpected("passphrase: expected a text");
  return told(secret_of_passphrase(as_bytes(*text)));
}

std::expected<SlotSecret, std::string> read_shares(const JsonValue& body, const VaultId& vault) {
  const JsonValue* shares = body.find("shares");
  if (shares == nullptr || shares->as_array() == nullptr) return std::unexpected("shares: expected a list of shares");
  std::vector<std::string_view> texts;
  for (const JsonValue& share : *shares->as_array()) {
    if (share.as_string() == nullptr) return std::unexpected("shares: expected a list of texts");
    texts.push_back(*share.as_string());
  }
  return told(secret_of_shares(vault, texts));
}

// Only members that belong to the kind: a mistyped one must not pass unseen.
std::string unknown_member(const JsonValue& body, std::initializer_list<std::string_view> known) {
  for (const JsonMember& member : *body.as_object()) {
    if (std::find(known.begin(), known.end(), member.name) == known.end()) {
      return fmt::format("unknown member \"{}\"", member.name);
    }
  }
  return {};
}

}  // namespace

std::expected<SlotSecret, std::string> read_slot_secret(const JsonValue& body, const VaultId& vault) {
  const std::string* kind = body.find_string("kind");
  if (kind == nullptr) return std::unexpected(std::string(kKindWanted));
  if (auto error = unknown_member(body, {"kind", "path", "passphrase", "shares", "name"}); !error.empty()) {
    return std::unexpected(std::move(error));
  }
  if (*kind == slot_kind_name(SlotKind::kKeyFile)) return read_key_file_member(body, false);
  if (*kind == kCredential) return read_credential_member(body);
  if (*kind == slot_kind_name(SlotKind::kPassphrase)) return read_passphrase(body);
  if (*kind == slot_kind_name(SlotKind::kShares)) return read_shares(body, vault);
  return std::unexpected(std::string(kKindWanted));
}

std::expected<SlotSecret, std::string> read_new_slot_secret(const JsonValue& body) {
  const std::string* kind = body.find_string("kind");
  if (kind == nullptr) return std::unexpected(std::string(kKindWanted));
  if (auto error = unknown_member(body, {"kind", "path", "passphrase", "threshold", "count", "name"}); !error.empty()) {
    return std::unexpected(std::move(error));
  }
  if (*kind == slot_kind_name(SlotKind::kKeyFile)) return read_key_file_member(body, true);
  if (*kind == kCredential) return read_credential_member(body);
  if (*kind == slot_kind_name(SlotKind::kPassphrase)) return read_passphrase(body);
  if (*kind != slot_kind_name(SlotKind::kShares)) return std::unexpected(std::string(kKindWanted));
  const auto number = [&](std::string_view name) -> unsigned {
    const JsonValue* value = body.find(name);
    const auto integer = value == nullptr ? std::nullopt : value->as_integer();
    return integer && *integer >= 0 && *integer <= 1000 ? static_cast<unsigned>(*integer) : 0;
  };
  return told(new_shared_secret(number("threshold"), number("count")));
}

}  // namespace signet
