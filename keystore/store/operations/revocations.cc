#include "keystore/store/operations/revocations.h"

#include "keystore/revocation/feed_chain.h"
#include "keystore/store/operations/api_token_end.h"
#include "protocol/json/writer.h"

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
  RevocationRow row{.revocation = revocation, .sequence = feed.sequence + 1, .revoked_at_ms = transaction.now_ms()};
  row.revocation.client_id.clear();
  row.revocation.arrived_ms = 0;
  // API tokens may live for ever: what ends them is never forgotten.
  if (concerns_api_tokens(transaction, revocation)) row.revocation.expires_at = kNeverExpires;
  feed.sequence = row.sequence;
  feed.chain_hash = next_feed_hash(feed.chain_hash, row);
  transaction.put(Family::kRevocations, revocation_key(revocation.tenant, row.sequence),
                  encode_revocation(row, feed.chain_hash));
  transaction.put(Family::kFeeds, key, encode_feed(feed));
  transaction.publish(RevocationPut{row, feed.chain_hash});
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

namespace {

std::string_view verb_of(RevocationKind kind) {
  switch (kind) {
    case RevocationKind::kToken:
    case RevocationKind::kTokenHash:
      return "token.revoke";
    case RevocationKind::kFamily:
      return "family.revoke";
    case RevocationKind::kClient:
      return "client.revoke";
    case RevocationKind::kSubject:
      return "subject.revoke";
    case RevocationKind::kTenant:
      return "tenant.revoke";
    case RevocationKind::kKey:
      return "key.revoke";
  }
  return "revoke";
}

}  // namespace

void audit_revocation(Transaction& transaction, const AuditActor& actor, const RevocationRow& row,
                      std::string_view client_id) {
  const Revocation& revocation = row.revocation;
  transaction.audit({.actor = actor,
                     .tenant = revocation.tenant,
                     .what = verb_of(revocation.kind),
                     .subject = revocation.value,
                     .after = audit_json([&](JsonWriter& json) {
                       json.begin_object();
                       json.member("kind", revocation_kind_name(revocation.kind));
                       if (is_criterion(revocation.kind)) {
                         json.member_integer("issued_before_ms", revocation.issued_before_ms);
                       }
                       json.member_integer("expires_at", revocation.expires_at);
                       json.member_integer("sequence", static_cast<int64_t>(row.sequence));
                       if (!client_id.empty()) json.member("client_id", client_id);
                       json.end_object();
                     })});
}

void end_all_until_now(Transaction& transaction, uint32_t tenant, RevocationKind kind, std::string value) {
  const Revocation criterion{.tenant = tenant,
                             .kind = kind,
                             .value = std::move(value),
                             .issued_before_ms = transaction.now_ms(),
                             .expires_at = transaction.now_s() + longest_lifetime_s(kind)};
  if (!already_revoked(transaction, criterion)) put_revocation(transaction, criterion);
}

}  // namespace signet::store
