// What opens the vault in a backup, without a daemon: the same options as for `vault unseal`.
#pragma once

#include <expected>
#include <string>

#include "keystore/vault/slot_secret.h"
#include "tools/ctl/command.h"

namespace signet::ctl {

struct OfflineSecret {
  std::optional<std::string> key_file;
  bool passphrase = false, share = false;

  void bind(Arguments& arguments);
  bool given() const { return key_file.has_value() || passphrase || share; }
  // Exactly one must be given.
  std::optional<Failure> fault() const;
  // Reads stdin, or asks. The error is for the operator.
  std::expected<SlotSecret, std::string> read(Call& call, const VaultId& vault) const;
};

}  // namespace signet::ctl
