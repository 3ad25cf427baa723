#include "keystore/keys/key_schedule.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace signet {
namespace {

// One key as far as its future goes.
struct Future {
  const TenantKeys* tenant;
  KeyLife life;
  KeyDuty named;  // what a duty of it says of it: tenant, kid, algorithm, audience, dialect, bits
};

bool same_place(const Future& a, const Future& b) {
  if (a.named.tenant != b.named.tenant || a.named.dialect != b.named.dialect) return false;
  // A dialect has one active key, of whatever algorithm.
  return a.life.dialect || (a.named.algorithm == b.named.algorithm && a.named.audience == b.named.audience);
}

class Futures {
 public:
  Futures(const KeySchedule& schedule, const KeyTerms& new_key) : schedule_(schedule), new_key_(new_key) {}
  Futures(const KeySet& keys, const KeySchedule& schedule, const KeyTerms& new_key) : Futures(schedule, new_key) {
    for (const auto& tenant : keys.tenants) add(*tenant);
  }
  // `tenant` outlives this.
  void add(const TenantKeys& tenant) {
    for (const auto& key : tenant.keys) {
      of_tenant_[tenant.tenant].push_back(keys_.size());
      keys_.push_back({.tenant = &tenant,
                       .life = key_life(*key),
                       .named = {.tenant = tenant.tenant,
                                 .kid = key->kid,
                                 .algorithm = key->algorithm,
                                 .audience = key->audience,
                                 .dialect = key->dialect,
                                 .bits = is_rsa(key->algorithm) ? key->bits : 0}});
    }
  }

  struct Next {
    size_t key;
    KeyDuty duty;
  };
  std::vector<Next> next() const {
    std::vector<Next> all;
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (auto duty = duty_of(keys_[i])) all.push_back({i, *std::move(duty)});
    }
    std::ranges::stable_sort(all, {}, [](const Next& one) { return one.duty.at; });
    return all;
  }

  // The state after `next` was done at that time.
  void follow(const Next& next, UnixSeconds at) {
    switch (next.duty.kind) {
      case KeyDutyKind::kPublish:
        return publish(next, at);
      case KeyDutyKind::kActivate:
        return activate(next.key, at);
      case KeyDutyKind::kRetire:
        keys_[next.key].life.status = KeyStatus::kRetired;
        keys_[next.key].life.terms.retired_at = at;
        return;
      case KeyDutyKind::kDestroy:
        keys_[next.key].life.status = KeyStatus::kDestroyed;  // its place in the list stays
        return;
    }
  }

 private:
  static KeyDuty duty(const Future& key, KeyDutyKind kind, UnixSeconds at) {
    KeyDuty duty = key.named;
    duty.kind = kind;
    duty.at = at;
    return duty;
  }

  std::optional<KeyDuty> duty_of(const Future& key) const {
    switch (key.life.status) {
      case KeyStatus::kPending:
        return duty_of_pending(key);
      case KeyStatus::kActive:
        return duty_of_active(key);
      case KeyStatus::kRetiring:
        return duty(key, KeyDutyKind::kRetire, may_retire_from(key.life, schedule_.skew_s));
      case KeyStatus::kRetired:
        return duty(key, KeyDutyKind::kDestroy, key.life.terms.retired_at + kRetiredKeptS);
      case KeyStatus::kDestroyed:
        return std::nullopt;
    }
    return std::nullopt;
  }

  const Future* in_place_of(const Future& key, KeyStatus status) const {
    for (const size_t i : of_tenant_.at(key.named.tenant)) {
      if (keys_[i].life.status == status && same_place(keys_[i], key)) return &keys_[i];
    }
    return nullptr;
  }

  // When the active key's period ends; 0 = never by itself.
  UnixSeconds period_end(const Future& active) const {
    if (active.life.symmetric && !active.life.dialect) return 0;
    const uint32_t period_s = schedule_.period_of(active.tenant->name, active.tenant->limits, active.named.algorithm);
    return period_s == 0 ? 0 : active.life.activated_at + period_s;
  }

  std::optional<KeyDuty> duty_of_pending(const Future& key) const {
    const UnixSeconds from = may_sign_from(key.life, schedule_.skew_s);
    if (key.life.terms.activate_at != 0) {
      // The lead may have grown since it was planned.
      return duty(key, KeyDutyKind::kActivate, std::max(key.life.terms.activate_at, from));
    }
    const Future* active = in_place_of(key, KeyStatus::kActive);
    const UnixSeconds end = active == nullptr ? 0 : period_end(*active);
    if (end == 0 || from == 0 || in_place_of(key, KeyStatus::kPending) != &key) return std::nullopt;
    return duty(key, KeyDutyKind::kActivate, std::max(end, from));
  }

  std::optional<KeyDuty> duty_of_active(const Future& key) const {
    const UnixSeconds end = period_end(key);
    if (end == 0 || in_place_of(key, KeyStatus::kPending) != nullptr) return std::nullopt;
    const KeyLife successor{.dialect = key.life.dialect, .symmetric = key.life.symmetric, .terms = new_key_};
    KeyDuty made = duty(key, KeyDutyKind::kPublish, end - may_sign_from(successor, schedule_.skew_s));
    made.then = end;
    return made;
  }

  void publish(const Next& next, UnixSeconds at) {
    Future made = keys_[next.key];
    made.named.kid.clear();
    made.life.status = KeyStatus::kPending;
    made.life.published_at = at;
    made.life.activated_at = 0;
    made.life.terms = new_key_;
    if (!made.life.dialect) {
      made.life.terms.lifetime_s = longest_ttl_s(made.tenant->limits, new_key_.lifetime_s);
    }
    made.life.terms.activate_at = std::max(next.duty.then, may_sign_from(made.life, schedule_.skew_s));
    of_tenant_[made.named.tenant].push_back(keys_.size());
    keys_.push_back(std::move(made));
  }

  void activate(size_t which, UnixSeconds at) {
    for (const size_t i : of_tenant_.at(keys_[which].named.tenant)) {
      Future& key = keys_[i];
      if (key.life.status != KeyStatus::kActive || !same_place(key, keys_[which])) continue;
      key.life.status = KeyStatus::kRetiring;
      key.life.terms.retiring_at = at;
    }
    keys_[which].life.status = KeyStatus::kActive;
    keys_[which].life.activated_at = at;
    keys_[which].life.terms.activate_at = 0;
  }

  const KeySchedule& schedule_;
  const KeyTerms new_key_;
  std::vector<Future> keys_;
  std::unordered_map<uint32_t, std::vector<size_t>> of_tenant_;  // places in keys_: a tenant has few, tenants are many
};

// A short period and a far horizon must not fill memory.
constexpr size_t kPlanMax = 1000;

}  // namespace

uint32_t KeySchedule::period_of(std::string_view tenant, JwsAlgorithm algorithm) const {
  const auto fits = [&](const KeyRotationRule& rule) {
    return (rule.tenant == "*" || rule.tenant == tenant) &&
           (rule.algorithm == "*" || rule.algorithm == jws_algorithm_name(algorithm));
  };
  const auto rule = std::ranges::find_if(rules, fits);
  return rule == rules.end() ? period_s : rule->period_s;
}

uint32_t KeySchedule::period_of(std::string_view tenant, const TenantLimits& limits, JwsAlgorithm algorithm) const {
  if (limits.key_rotation_off) return 0;
  return limits.key_rotation_s != 0 ? limits.key_rotation_s : period_of(tenant, algorithm);
}

std::string_view key_duty_name(KeyDutyKind kind) {
  switch (kind) {
    case KeyDutyKind::kPublish:
      return "publish";
    case KeyDutyKind::kActivate:
      return "activate";
    case KeyDutyKind::kRetire:
      return "retire";
    case KeyDutyKind::kDestroy:
      return "destroy";
  }
  return "unknown";
}

std::vector<KeyDuty> key_duties(const KeySet& keys, const KeySchedule& schedule, const KeyTerms& new_key) {
  std::vector<KeyDuty> duties;
  for (auto& next : Futures(keys, schedule, new_key).next()) duties.push_back(std::move(next.duty));
  return duties;
}

std::vector<UnixSeconds> published_key_steps(const TenantKeys& tenant, const KeySchedule& schedule,
                                             const KeyTerms& new_key) {
  Futures futures(schedule, new_key);
  futures.add(tenant);
  std::vector<UnixSeconds> steps;
  for (const auto& next : futures.next()) {
    const bool published = next.duty.dialect.empty() && !is_symmetric(next.duty.algorithm);
    if (published && next.duty.kind != KeyDutyKind::kDestroy) steps.push_back(next.duty.at);
  }
  return steps;
}

std::vector<KeyDuty> key_plan(const KeySet& keys, const KeySchedule& schedule, const KeyTerms& new_key, UnixSeconds now,
                              UnixSeconds horizon) {
  Futures futures(keys, schedule, new_key);
  std::vector<KeyDuty> plan;
  while (plan.size() < kPlanMax) {
    const auto next = futures.next();
    if (next.empty()) break;
    const UnixSeconds at = std::max(next.front().duty.at, now);
    if (at > horizon) break;
    futures.follow(next.front(), at);
    plan.push_back(next.front().duty);
    plan.back().at = at;
  }
  return plan;
}

}  // namespace signet
