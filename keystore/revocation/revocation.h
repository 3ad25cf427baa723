// Revocation: one statement that something is over, as administrators, clients and rules of Signet make it, as the
// store keeps it and as the index holds it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/time.h"

namespace signet {

// What a revocation is about. On disk and in the feed: never renumber.
enum class RevocationKind : uint8_t {
  kToken = 1,      // value = jti
  kFamily = 2,     // value = sid, the family's id in base64url: its refresh tokens and every access token that names it
  kClient = 3,     // value = client id      } with issued_before_ms: everything of it that was issued
  kSubject = 4,    // value = sub            } (a family: created) then or earlier
  kTenant = 5,     // value = empty          }
  kKey = 6,        // value = kid            }
  kTokenHash = 7,  // value = base64url(SHA-256(compact token)), of a token without jti
};
inline constexpr size_t kRevocationKinds = 8;  // indexed by kind; 0 unused

// The longest that a refresh family lives, in seconds.
inline constexpr int64_t kFamilyLifetimeMaxS = int64_t{365} * 24 * 60 * 60;
// What has expired is kept for so many seconds more: a clock may be an hour off before that counts as a jump (see
// keystore/store/safe_time.h) and verifiers grant a skew of at most ten minutes, and until then a token may be taken
// for alive.
inline constexpr int64_t kRevocationMarginS = int64_t{2} * 60 * 60;
// The expiry of a criterion that concerns what may live for ever: 9999-12-31T23:59:59Z.
inline constexpr UnixSeconds kNeverExpires = 253'402'300'799;
// The longest value, in octets: a subject of 256 characters of four octets.
inline constexpr size_t kRevocationValueMax = 1024;

// The wire name of a kind (feed, admin API): "token", "family", "client", "subject", "tenant", "key", "token_hash".
std::string_view revocation_kind_name(RevocationKind kind);
std::optional<RevocationKind> revocation_kind_named(std::string_view name);

// Whether a kind carries an "issued before".
constexpr bool is_criterion(RevocationKind kind) {
  return kind == RevocationKind::kClient || kind == RevocationKind::kSubject || kind == RevocationKind::kTenant ||
         kind == RevocationKind::kKey;
}

// longest_lifetime_s: how long what a revocation of this kind is about can live at most from its issue. For criteria
// that is a family's lifetime, since they end families too. Any thread.
int64_t longest_lifetime_s(RevocationKind kind);

struct Revocation {
  uint32_t tenant = 0;
  RevocationKind kind{};
  std::string value;
  UnixMs issued_before_ms = 0;  // of criteria; 0 for the others
  UnixSeconds expires_at = 0;   // when nothing that it concerns can be alive any more
  // Asked of the store and not kept: whose token a single entry is about (counted, see Store::revoke; empty = not
  // known), and the time of asking.
  std::string client_id;
  UnixMs arrived_ms = 0;
  bool operator==(const Revocation&) const = default;
};

// A revocation as it was committed.
struct RevocationRow {
  Revocation revocation;
  uint64_t sequence = 0;     // of the tenant's feed: 1, 2, 3... within an epoch, dense
  UnixMs revoked_at_ms = 0;  // when
};

}  // namespace signet
