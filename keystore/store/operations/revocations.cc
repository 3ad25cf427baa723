#include "keystore/store/operations/revocations.h"

#include "keystore/revocation/feed_chain.h"

namespace signet::store {

RevocationRow put_revocation(Transaction& transaction, const Revocation& revocation) {
  const std::string key = feed_key(revocation.tenant);
  FeedRow feed;
  if (const auto value = transaction.get(Family::kFeeds, key)) {
    const auto row = decode_feed(*value);
    if (!row) {
      transaction.damaged(Family::kFeeds, key);
      return {};
    }
    feed = *row;
  }
  const RevocationRow row{
      .revocation = revocation, .sequence = feed.sequence + 1, .revoked_at_ms = transaction.now_ms()};
  feed.sequence = row.sequence;
  feed.chain_hash = next_feed_hash(feed.chain_hash, row);
  transaction.put(Family::kRevocations, revocation_key(revocation.tenant, row.sequence),
                  encode_revocation(row, feed.chain_hash));
  transaction.put(Family::kFeeds, key, encode_feed(feed));
  transaction.publish(RevocationPut{row});
  return row;
}

bool already_revoked(const Transaction& transaction, const Revocation& revocation) {
  if (is_criterion(revocation.kind)) {
    return transaction.issued_before(revocation) >= revocation.issued_before_ms;
  }
  TokenFacts facts{.tenant = revocation.tenant, .issued_ms = INT64_MAX};  // no criterion concerns it
  if (revocation.kind == RevocationKind::kToken) facts.jti = revocation.value;
  if (revocation.kind == RevocationKind::kTokenHash) facts.token_hash = revocation.value;
  if (revocation.kind == RevocationKind::kFamily) facts.family = revocation.value;
  return transaction.revoked(facts);
}

}  // namespace signet::store
