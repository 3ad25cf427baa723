// What keys may have promised: upper bounds, raised before anything is in force that allows more.
#pragma once

#include "keystore/store/transaction.h"

namespace signet::store {

// raise_bounds raises those of every pending and active key whose row begins with `prefix`, where they are lower. A
// tenant that allows less than `bounds` says so itself. Audited for each key that changes.
void raise_bounds(Transaction& transaction, const AuditActor& actor, std::string_view prefix, const KeyBounds& bounds);

// lower_lifetime_to_tenants lowers the bound of a new key to what its tenant allows. A dialect's file says for itself
// how long its tokens live: such a key keeps what it was given.
void lower_lifetime_to_tenants(Transaction& transaction, KeyRow& key);

}  // namespace signet::store
