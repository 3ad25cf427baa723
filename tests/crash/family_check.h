// Whether a store that was opened again is what a holder's ledger says.
#pragma once

#include "keystore/revocation/revocation_index.h"
#include "tests/crash/family_desk.h"
#include "tests/crash/family_ledger.h"

namespace signet::crash {

// check_holder presents what the holder has, retries what was not answered, and reports what is broken. Families that
// ended before the last check are left out but for a few, unless `everything`. Blocks.
void check_holder(FamilyDesk& desk, const RevocationIndex& index, HolderLedger& ledger, bool everything);

}  // namespace signet::crash
