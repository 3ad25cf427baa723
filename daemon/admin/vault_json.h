// The vault as the admin API shows it.
#pragma once

#include <string>

#include "keystore/vault/vault.h"

namespace signet {

// {"state":"sealed","id":...,"generation":1,"rekeying":false,"slots":[{"number","kind","threshold","shares"}]}
std::string vault_json(std::string_view state, const VaultSummary& summary);

// {"number":2,"kind":"shares","shares":[...]}: the shares of a new slot, told once and nowhere kept. `secret` is what
// it was made with. The text is the caller's to wipe.
std::string new_slot_json(uint32_t number, const SlotSecret& secret, const VaultId& vault);

}  // namespace signet
