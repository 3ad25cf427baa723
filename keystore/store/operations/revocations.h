// What every operation that revokes shares: the entry, its place in the tenant's feed, its publication.
#pragma once

#include "keystore/store/transaction.h"

namespace signet::store {

// put_revocation writes `revocation` as the next entry of its tenant's feed and publishes it with this commit. The
// caller has checked that it is not there already. A criterion that may concern an API token never expires. Gives the
// entry. Committer thread.
RevocationRow put_revocation(Transaction& transaction, const Revocation& revocation);

// already_revoked: whether an entry would change nothing: it is there, or a criterion as late as its own is.
bool already_revoked(const Transaction& transaction, const Revocation& revocation);

// audit_revocation records an entry in its commit: "token.revoke", "client.revoke"... `client_id` is whose token it
// was.
void audit_revocation(Transaction& transaction, const AuditActor& actor, const RevocationRow& row,
                      std::string_view client_id);

// end_all_until_now writes "issued before now" of a kind with that, unless it is there. The caller's audit record says
// why.
void end_all_until_now(Transaction& transaction, uint32_t tenant, RevocationKind kind, std::string value);

}  // namespace signet::store
