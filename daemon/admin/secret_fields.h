// What a request gives to open a slot of the vault with, or to make one of.
#pragma once

#include <expected>
#include <string>

#include "keystore/vault/slot_secret.h"
#include "protocol/json/value.h"

namespace signet {

// Of the members: {"kind":"key-file","path":P}, {"kind":"passphrase","passphrase":P}, {"kind":"shares","shares":[...]},
// {"kind":"credential","name":N} (keystore/vault/credential.h), which is a key file or a passphrase;
// for a new slot of shares {"kind":"shares","threshold":M,"count":N}. The error is for people. Blocks for a file.
std::expected<SlotSecret, std::string> read_slot_secret(const JsonValue& body, const VaultId& vault);
std::expected<SlotSecret, std::string> read_new_slot_secret(const JsonValue& body);

}  // namespace signet
