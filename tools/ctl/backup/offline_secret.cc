#include "tools/ctl/backup/offline_secret.h"

#include "protocol/base/secret_bytes.h"
#include "tools/ctl/input.h"
#include "tools/ctl/password_input.h"
#include "tools/ctl/vault_secret.h"

namespace signet::ctl {
namespace {

std::expected<SlotSecret, std::string> told(std::expected<SlotSecret, VaultError> secret) {
  if (secret) return std::move(*secret);
  return std::unexpected(std::string(vault_error_text(secret.error())));
}

}  // namespace

void OfflineSecret::bind(Arguments& arguments) {
  arguments.option("--key-file", "PATH", key_file, "Open the vault with this key file");
  arguments.flag("--passphrase", passphrase, "Open it with a passphrase: asked for, or read from stdin");
  arguments.flag("--share", share, "Open it with shares, one on a line of stdin");
}

std::optional<Failure> OfflineSecret::fault() const {
  if (key_file.has_value() + passphrase + share == 1) return std::nullopt;
  return usage_failure("exactly one of --key-file, --passphrase, --share is required");
}

std::expected<SlotSecret, std::string> OfflineSecret::read(Call& call, const VaultId& vault) const {
  if (key_file) return told(secret_of_key_file(*key_file));
  if (passphrase) {
    auto text = read_password(call, false);
    if (!text) return std::unexpected(text.error().text);
    auto secret = told(secret_of_passphrase(as_bytes(*text)));
    wipe_text(*text);
    return secret;
  }
  auto text = read_all(call.streams().in, kSharesTextMax, "the shares on stdin");
  if (!text) return std::unexpected(text.error().text);
  const auto lines = share_lines(*text);
  auto secret = told(secret_of_shares(vault, lines));
  wipe_text(*text);
  return secret;
}

}  // namespace signet::ctl
