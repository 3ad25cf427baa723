// What every operation that ends a refresh family shares.
#pragma once

#include <string_view>

#include "keystore/grants/refresh_family.h"
#include "keystore/store/transaction.h"

namespace signet::store {

// end_family marks the family as revoked, publishes its revocation, so that its access tokens end too, and audits that
// as `what`. `family` is as it was read; it must be live. Committer thread. Gives the revocation.
RevocationRow end_family(Transaction& transaction, RefreshFamily& family, const AuditActor& actor,
                         std::string_view what);

}  // namespace signet::store
