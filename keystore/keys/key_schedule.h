// When which key is due for its next step. Pure: what is planned, what the rules of key_life.h give, and how often the
// operator wants keys replaced.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keystore/keys/key_set.h"

namespace signet {

// How often the keys of one tenant and algorithm are replaced. The first rule that fits counts.
struct KeyRotationRule {
  std::string tenant;     // "*" = every tenant
  std::string algorithm;  // its JWS name, or "*"
  uint32_t period_s = 0;  // from one activation to the next; 0 = never by itself
  bool operator==(const KeyRotationRule&) const = default;
};
struct KeySchedule {
  std::vector<KeyRotationRule> rules;
  uint32_t period_s = 0;  // where no rule fits
  uint32_t skew_s = 60;
  uint32_t period_of(std::string_view tenant, JwsAlgorithm algorithm) const;
  // The same of a tenant that may have a period of its own, or none: that counts before all of this.
  uint32_t period_of(std::string_view tenant, const TenantLimits& limits, JwsAlgorithm algorithm) const;
  bool operator==(const KeySchedule&) const = default;
};

// A period shorter than that would leave no room for a lead; the configuration refuses it.
inline constexpr uint32_t kKeyPeriodMinS = 3600;

enum class KeyDutyKind : uint8_t {
  kPublish,   // make the successor of `kid`, which is to sign from `then` on
  kActivate,  // let `kid` sign
  kRetire,    // end the publication of `kid`
  kDestroy,   // forget its public half
};
std::string_view key_duty_name(KeyDutyKind kind);

struct KeyDuty {
  UnixSeconds at = 0;
  KeyDutyKind kind{};
  uint32_t tenant = 0;
  std::string kid;
  JwsAlgorithm algorithm{};
  std::string audience;
  std::string dialect;
  int bits = 0;
  UnixSeconds then = 0;  // of kPublish: the activation that it is for
};

// key_duties gives the next step of every key that has one without anybody's doing, the earliest first; those that are
// overdue have a time in the past. HMAC keys of an audience are never replaced by themselves: somebody has to carry the
// new secret to its resource server.
// `new_key` says what a key that is made now is promised.
std::vector<KeyDuty> key_duties(const KeySet& keys, const KeySchedule& schedule, const KeyTerms& new_key);

// key_plan goes on from there: what follows from those duties until `horizon`, each done on time. The kid of a key that
// is not made yet is empty.
std::vector<KeyDuty> key_plan(const KeySet& keys, const KeySchedule& schedule, const KeyTerms& new_key, UnixSeconds now,
                              UnixSeconds horizon);

// published_key_steps: when keys of the tenant's key set are to make their next steps, and when further ones are to
// join it; ascending, those that are overdue in the past. The destruction of a key that has left it is none of them.
std::vector<UnixSeconds> published_key_steps(const TenantKeys& tenant, const KeySchedule& schedule,
                                             const KeyTerms& new_key);

}  // namespace signet
