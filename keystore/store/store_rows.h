// What the store's answers are made of: errors, completions, and the rows that need no header of their own.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "keystore/clients/client.h"
#include "keystore/keys/key_set.h"

namespace signet {

enum class StoreErrorKind : uint8_t {
  kUnavailable,  // storage failed, stopped, or shutting down
  kConflict,     // exists already, or changed since the revision named
  kNotFound,
  kInvalid,  // refused by a rule; text says which
  kBusy,     // queue full: retry
};
struct StoreError {
  StoreErrorKind kind{};
  std::string text;  // for people
  size_t entry = 0;  // of a list of changes: the number of the one that was refused
};
template <typename T>
using StoreDone = std::function<void(std::expected<T, StoreError>)>;

// Who did an administrative change, for the audit record (who by peer credentials).
struct AuditActor {
  uint32_t uid = 0;
  uint32_t pid = 0;
  std::string via;  // "admin-socket", "dev", "offline"
};

struct TenantRow {
  uint32_t number = 0;
  std::string name;
  UnixSeconds created_at = 0;
  TenantLimits limits;
};

// A signing key as stored. The private half is a vault cell: the store never sees it open.
struct KeyRow {
  uint32_t tenant = 0;
  std::string kid;
  JwsAlgorithm algorithm{};
  KeyStatus status{};
  std::string audience;
  std::string dialect;  // the one dialect that it signs for, without an audience then; empty = an ordinary key
  int bits = 0;
  std::string public_jwk;               // JSON, empty for HMAC
  std::vector<uint8_t> sealed_private;  // empty once erased
  UnixSeconds created_at = 0;           // published since then, if it is at all
  UnixSeconds activated_at = 0;         // 0 = not yet
  KeyTerms terms;
  uint64_t revision = 0;  // grows with every change in the store; never reused
  // A private half that is no cell of this row but an object in a PKCS#11 token: its URI, for people, and the same
  // sealed, which counts. Both stay when the key stops signing, until the object is destroyed.
  std::string location;
  std::vector<uint8_t> sealed_location;
};

// What the rules of a key's life look at.
inline KeyLife key_life(const KeyRow& row) {
  return {.status = row.status,
          .dialect = !row.dialect.empty(),
          .symmetric = is_symmetric(row.algorithm),
          .published_at = row.created_at,
          .activated_at = row.activated_at,
          .terms = row.terms};
}

// One step in the life of a key.
struct KeyStep {
  enum class Kind : uint8_t {
    kPlan,            // a pending key: sign from `at` on (0 = as soon as it may), without being told again
    kActivate,        // pending -> active; the one in its place -> retiring, in the same commit
    kStop,            // active -> retiring with nothing in its place: needs leave_without_key
    kRetire,          // pending or retiring -> retired
    kWithdraw,        // whatever it is -> retired at once, and all that it signed is revoked. `successor` signs instead
    kDestroy,         // retired -> destroyed
    kExported,        // the secret of an HMAC key was handed out
    kForgetLocation,  // the object in a token is destroyed, of a key that has no use for it any more
  };
  Kind kind{};
  uint32_t tenant = 0;
  std::string kid;
  UnixSeconds at = 0;
  std::string successor;  // a pending key of its place; empty = none
  KeyOverrides overrides;
  uint32_t skew_s = 60;
};
struct KeyStepDone {
  KeyRow key;
  // The other key that the step concerned: the one that retires since `key` signs, or that signs since `key` does not.
  std::optional<KeyRow> other;
  UnixMs revoked_before_ms = 0;  // of kWithdraw
};

// What the configuration allows, and so may have been promised to those who check tokens.
struct KeyBounds {
  uint32_t max_age_s = 0;   // with which key sets are served
  uint32_t lifetime_s = 0;  // longest lifetime that a token may be given
};

// A sealed secret that is no signing key: pepper and, later, family keys.
struct SecretRow {
  std::string family;  // "pepper"
  uint32_t version = 0;
  std::vector<uint8_t> sealed;
};

// Coarse last-used minutes (Unix time / 60) of a client's secrets, in the order of Client::secrets; 0 = never.
struct LastUsedRow {
  uint32_t tenant = 0;
  std::string client_id;
  std::array<uint32_t, kClientSecretsMax> minutes{};
};

}  // namespace signet
