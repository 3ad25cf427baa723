#include "daemon/endpoint/refresh_successor.h"

#include "daemon/log.h"
#include "protocol/base/random.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

RefreshResult result_of(RotationVerdict verdict) {
  switch (verdict) {
    case RotationVerdict::kRotated:
      return RefreshResult::kRotated;
    case RotationVerdict::kRepeated:
      return RefreshResult::kRepeated;
    case RotationVerdict::kUnknownFamily:
      return RefreshResult::kUnknown;
    case RotationVerdict::kOtherClient:
      return RefreshResult::kOtherClient;
    case RotationVerdict::kClientGone:
      return RefreshResult::kClientGone;
    case RotationVerdict::kExpired:
    case RotationVerdict::kExhausted:
      return RefreshResult::kExpired;
    case RotationVerdict::kRevoked:
      return RefreshResult::kRevoked;
    case RotationVerdict::kWrongSecret:
      return RefreshResult::kWrongSecret;
    case RotationVerdict::kOvertaken:
      return RefreshResult::kOvertaken;
    case RotationVerdict::kReused:
      return RefreshResult::kReused;
    case RotationVerdict::kRolledBack:
      return RefreshResult::kRolledBack;
    case RotationVerdict::kScope:
    case RotationVerdict::kTarget:
      return RefreshResult::kNotGranted;
    case RotationVerdict::kBusy:
    case RotationVerdict::kUnavailable:
      break;
  }
  return RefreshResult::kUnavailable;
}

}  // namespace

void report_rotation(WorkerScope& scope, const RefreshRotation& rotation) {
  // A sequence of 0: nothing was presented.
  if (rotation.sequence != 0) scope.metrics.refreshes[static_cast<size_t>(result_of(rotation.verdict))].add();
  if (rotation.verdict == RotationVerdict::kRolledBack) {
    // Its MAC shows that it was given out, and the store knows nothing of it: acknowledged commits are gone.
    log_event(LogLevel::kError, "store_rolled_back",
              {{"sid", family_name_of(rotation.family).text()}, {"client_id", rotation.client_id}});
  }
  if (rotation.verdict == RotationVerdict::kReused) {
    log_event(LogLevel::kWarning, "refresh_token_reused",
              {{"sid", family_name_of(rotation.family).text()}, {"client_id", rotation.client_id}});
  }
}

void RefreshRotation::prepare(const FamilyKeys& keys) {
  const RefreshKeys& own = *keys.refresh_keys(presented.key_version);
  family = presented.family;
  sequence = presented.sequence;
  hash = hash_refresh_secret(own, presented.family, presented.sequence, presented.secret);
  fill_random(salt);
  successor = next_refresh_secret(own, presented.secret, presented.family, presented.sequence + 1, salt);
  successor_key_version = keys.current_version();
  successor_hash =
      hash_refresh_secret(keys.current_refresh_keys(), presented.family, presented.sequence + 1, successor);
}

void RefreshRotation::wipe_secrets() {
  wipe(presented.secret);
  wipe(successor);
}

RefreshTokenText::~RefreshTokenText() { wipe({reinterpret_cast<uint8_t*>(characters.data()), characters.size()}); }

bool write_granted_token(const FamilyKeys& keys, const RefreshRotation& rotation, RefreshTokenText& out) {
  const RefreshToken& from = rotation.presented;
  RefreshToken token{
      .key_version = rotation.rotation.key_version, .family = from.family, .sequence = rotation.rotation.sequence};
  const RefreshKeys* old = keys.refresh_keys(from.key_version);
  const RefreshKeys* own = keys.refresh_keys(token.key_version);
  if (old == nullptr || own == nullptr) return false;
  if (token.sequence == from.sequence) {
    token.secret = from.secret;  // a new family's first
  } else if (rotation.rotation.salt == rotation.salt) {
    token.secret = rotation.successor;
  } else {  // a retry: the family's own salt gives the same successor again
    token.secret = next_refresh_secret(*old, from.secret, from.family, token.sequence, rotation.rotation.salt);
  }
  write_refresh_token(*own, token, out.characters.data());
  wipe(token.secret);
  return true;
}

}  // namespace signet
