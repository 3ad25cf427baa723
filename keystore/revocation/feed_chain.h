// The hash chain of a tenant's revocation feed: h(0) is 32 zero octets, h(n) = SHA-256(h(n-1), entry n), where an entry
// is the text "SEQ LF KIND LF ISSUED_BEFORE LF EXP LF VALUE" with the numbers in decimal as the feed shows them and the
// kind by its name. A follower computes the same from what it received.
#pragma once

#include "keystore/revocation/revocation.h"
#include "protocol/base/digest.h"

namespace signet {

// Any thread, allocates.
Sha256Digest next_feed_hash(const Sha256Digest& before, const RevocationRow& row);

}  // namespace signet
