#include "keystore/keys/key_life.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/base/time_text.h"

namespace signet {
namespace {

std::unexpected<std::string> refuse(std::string text) { return std::unexpected(std::move(text)); }

std::unexpected<std::string> wrong_status(const KeyLife& key, std::string_view kid, std::string_view wanted) {
  return refuse(fmt::format("key {} is {}: only a {} key can do that", kid, key_status_name(key.status), wanted));
}

}  // namespace

std::string_view key_status_name(KeyStatus status) {
  switch (status) {
    case KeyStatus::kPending:
      return "pending";
    case KeyStatus::kActive:
      return "active";
    case KeyStatus::kRetiring:
      return "retiring";
    case KeyStatus::kRetired:
      return "retired";
    case KeyStatus::kDestroyed:
      return "destroyed";
  }
  return "unknown";
}

UnixSeconds may_sign_from(const KeyLife& key, uint32_t skew_s) {
  if (key.dialect) return key.published_at;
  if (key.symmetric) return key.terms.exported_at == 0 ? 0 : key.terms.exported_at + kVerifierReloadS;
  return key.published_at + std::max(key.terms.max_age_s, kKeyLeadMinS) + skew_s + kVerifierReloadS;
}

UnixSeconds may_retire_from(const KeyLife& key, uint32_t skew_s) {
  return key.terms.retiring_at + key.terms.lifetime_s + skew_s;
}

KeyStepOutcome check_activation(const KeyLife& key, std::string_view kid, UnixSeconds now, uint32_t skew_s,
                                const KeyOverrides& overrides) {
  if (key.status != KeyStatus::kPending) return wrong_status(key, kid, "pending");
  if (overrides.before_verifiers_know) return {};
  const UnixSeconds from = may_sign_from(key, skew_s);
  if (from == 0) {
    return refuse(fmt::format(
        "key {0} was handed to nobody yet, so that no resource server could check its tokens: signetctl key "
        "export-secret {0}, or --before-verifiers-know",
        kid));
  }
  if (now >= from) return {};
  if (key.symmetric) {
    return refuse(
        fmt::format("the lead of key {} holds at {}: its secret was handed out at {}, and the resource server needs "
                    "{} s to load it; or --before-verifiers-know",
                    kid, rfc3339(from), rfc3339(key.terms.exported_at), kVerifierReloadS));
  }
  return refuse(
      fmt::format("the lead of key {} holds at {}: published at {} + {} s that verifiers may cache the key set + {} s "
                  "of skew + {} s to reload; or --before-verifiers-know, and verifiers refuse good tokens until then",
                  kid, rfc3339(from), rfc3339(key.published_at), std::max(key.terms.max_age_s, kKeyLeadMinS), skew_s,
                  kVerifierReloadS));
}

KeyStepOutcome check_retirement(const KeyLife& key, std::string_view kid, UnixSeconds now, uint32_t skew_s,
                                const KeyOverrides& overrides) {
  if (key.status == KeyStatus::kPending) return {};  // it signed nothing
  if (key.status == KeyStatus::kActive) {
    return refuse(
        fmt::format("key {} signs: signetctl key rotate puts another in its place first; or --leave-without-key", kid));
  }
  if (key.status != KeyStatus::kRetiring) return wrong_status(key, kid, "pending or retiring");
  const UnixSeconds from = may_retire_from(key, skew_s);
  if (now >= from || overrides.while_tokens_live) return {};
  return refuse(
      fmt::format("the tail of key {} holds at {}: it signed until {} + {} s that a token may live + {} s of skew; or "
                  "--while-tokens-live, and verifiers refuse tokens that have not expired",
                  kid, rfc3339(from), rfc3339(key.terms.retiring_at), key.terms.lifetime_s, skew_s));
}

KeyStepOutcome check_destruction(const KeyLife& key, std::string_view kid) {
  if (key.status == KeyStatus::kRetired) return {};
  return wrong_status(key, kid, "retired");
}

bool keeps_private_half(KeyStatus status, JwsAlgorithm algorithm) {
  return status == KeyStatus::kPending || status == KeyStatus::kActive ||
         (status == KeyStatus::kRetiring && is_symmetric(algorithm));
}

}  // namespace signet
