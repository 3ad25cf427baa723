#include "keystore/revocation/feed_chain.h"

#include <string>

namespace signet {

Sha256Digest next_feed_hash(const Sha256Digest& before, const RevocationRow& row) {
  const Revocation& revocation = row.revocation;
  std::string link(before.begin(), before.end());
  link += std::to_string(row.sequence) + '\n';
  link.append(revocation_kind_name(revocation.kind)) += '\n';
  link += std::to_string(revocation.issued_before_ms) + '\n';
  link += std::to_string(revocation.expires_at) + '\n';
  link += revocation.value;  // last, because it alone may hold a line feed
  return sha256(as_bytes(link));
}

}  // namespace signet
