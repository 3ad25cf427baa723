// What a holder of refresh tokens does until the store fails: makes families, rotates them, repeats, revokes.
#pragma once

#include <atomic>
#include <cstdint>

#include "tests/crash/family_desk.h"
#include "tests/crash/family_ledger.h"

namespace signet::crash {

// hold works with the ledger's families until an operation is not answered, and writes down each. `acknowledged` grows
// with every rotation and revocation that is. Blocks.
void hold(FamilyDesk& desk, HolderLedger& ledger, std::atomic<uint64_t>& acknowledged);

}  // namespace signet::crash
