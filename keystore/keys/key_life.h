// The life of a key: pending (published, does not sign) -> active (signs) -> retiring (published, signs no more) ->
// retired (not published) -> destroyed (nothing but its name is left). Every step is judged here and nowhere else, so
// that a verifier never meets a token whose key it could not know, nor loses a key that a living token needs.
// Pure; all times are seconds of the wall clock.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "protocol/base/time.h"
#include "protocol/jose/algorithm.h"

namespace signet {

// On disk: never renumber.
enum class KeyStatus : uint8_t {
  kPending = 1,   // published, not used
  kActive = 2,    // signs
  kRetiring = 3,  // public half published, private half erased; an HMAC key keeps its secret to check with
  kRetired = 4,   // no longer published
  kDestroyed = 5,
};
std::string_view key_status_name(KeyStatus status);

// What a key has been promised and has been through. 0 = not yet, or not known.
struct KeyTerms {
  UnixSeconds activate_at = 0;  // planned; of a pending key
  UnixSeconds retiring_at = 0;
  UnixSeconds retired_at = 0;
  UnixSeconds destroyed_at = 0;
  UnixSeconds exported_at = 0;  // the secret of an HMAC key was last handed out
  uint32_t max_age_s = 0;       // largest max-age with which the key set was served since the key is in it
  uint32_t lifetime_s = 0;      // longest lifetime of a token that it may have signed
  bool operator==(const KeyTerms&) const = default;
};

struct KeyLife {
  KeyStatus status{};
  bool dialect = false;    // of a dialect: checked by Signet alone, published nowhere
  bool symmetric = false;  // HMAC: handed to one resource server instead of being published
  UnixSeconds published_at = 0;
  UnixSeconds activated_at = 0;
  KeyTerms terms;
};

// A verifier may be slow: a key set is known for at least so long before a key in it signs, however short its max-age.
inline constexpr uint32_t kKeyLeadMinS = 15 * 60;
// From when a verifier notices that it needs a new key set until it has it; likewise a resource server that is given an
// HMAC key.
inline constexpr uint32_t kVerifierReloadS = 60;
// How long a retired key keeps its public half, for those who look into an incident.
inline constexpr uint32_t kRetiredKeptS = 30 * 24 * 60 * 60;

// The lead: when a pending key may begin to sign.
//   published in the key set: published_at + max(max_age, 15 min) + skew + reload
//   HMAC key of an audience:  exported_at + reload; never before it was handed out (then 0 is given)
//   key of a dialect:         at once
UnixSeconds may_sign_from(const KeyLife& key, uint32_t skew_s);
// The tail: when nothing alive can have been signed by a retiring key: retiring_at + lifetime + skew.
UnixSeconds may_retire_from(const KeyLife& key, uint32_t skew_s);

// What an administrator takes upon himself, each by the name of its risk.
struct KeyOverrides {
  bool before_verifiers_know = false;  // the lead: verifiers refuse good tokens until they have the new key
  bool while_tokens_live = false;      // the tail: verifiers refuse tokens that have not expired
  bool leave_without_key = false;      // nothing can be issued with that algorithm until another key is active
};

// The rules of each step at `now`. The error is for people: which inequality, when it will hold, and what overrides it.
using KeyStepOutcome = std::expected<void, std::string>;
KeyStepOutcome check_activation(const KeyLife& key, std::string_view kid, UnixSeconds now, uint32_t skew_s,
                                const KeyOverrides& overrides);
KeyStepOutcome check_retirement(const KeyLife& key, std::string_view kid, UnixSeconds now, uint32_t skew_s,
                                const KeyOverrides& overrides);
KeyStepOutcome check_destruction(const KeyLife& key, std::string_view kid);

// Whether a key of that status and algorithm has its private half (an HMAC key: its secret).
bool keeps_private_half(KeyStatus status, JwsAlgorithm algorithm);

}  // namespace signet
