// The life of keys: rotation, and the keeper that does what is due. The rules are those of keys/key_life.h, and the
// store applies them.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "keystore/keystore_implementation.h"
#include "keystore/wait_for_store.h"

namespace signet {
namespace {

std::unexpected<StoreError> refused(StoreErrorKind kind, std::string text) {
  return std::unexpected(StoreError{kind, std::move(text)});
}

AuditActor keeper() {
  return {.uid = static_cast<uint32_t>(::getuid()), .pid = static_cast<uint32_t>(::getpid()), .via = "schedule"};
}

}  // namespace

// Whose place is to be taken, and by whom.
struct KeystoreImplementation::RotationPlace {
  uint32_t tenant = 0;
  KeyPurpose purpose;
  std::string goes;    // an active key, or one to withdraw; empty = none
  bool signs = false;  // it does
  std::string comes;   // a pending key; empty = one must be made
};

KeyTerms KeystoreImplementation::terms_of_new_key() const {
  return {.max_age_s = jwks_max_age_s_.load(), .lifetime_s = options_.ttl_s_max};
}

// The configuration may allow more than the one before: that must be known of every key before anything is served.
std::expected<void, std::string> KeystoreImplementation::keep_key_bounds() {
  const auto kept = wait_for_store<void>(closing_, [this](StoreDone<void> done) {
    store_->raise_key_bounds(keeper(), {jwks_max_age_s_.load(), options_.ttl_s_max}, std::move(done));
  });
  if (kept) return {};
  return std::unexpected(
      fmt::format("{}: the bounds of the keys cannot be written: {}", options_.data_dir.string(), kept.error().text));
}

void KeystoreImplementation::set_jwks_max_age(uint32_t jwks_max_age_s, StoreDone<void> done) {
  jwks_max_age_s_ = jwks_max_age_s;
  publish_schedule();
  store_->raise_key_bounds(keeper(), {jwks_max_age_s, options_.ttl_s_max}, std::move(done));
}

void KeystoreImplementation::set_key_schedule(KeySchedule schedule) {
  {
    const std::lock_guard lock(publish_mutex_);
    schedule_ = std::move(schedule);
    schedule_.skew_s = options_.clock_skew_s;
  }
  publish_schedule();
  if (keeper_) keeper_->changed();
}

// When key sets are going to change, workers tell those who cache them.
void KeystoreImplementation::publish_schedule() {
  const std::lock_guard lock(publish_mutex_);
  builder_.set_schedule(schedule_, terms_of_new_key());
  keys_->publish(builder_.build(), domain_);
}

void KeystoreImplementation::update_tenant(AuditActor actor, std::string name, TenantUpdate update,
                                           StoreDone<TenantRow> done) {
  store_->update_tenant(std::move(actor), std::move(name), update, {jwks_max_age_s_.load(), options_.ttl_s_max},
                        std::move(done));
}

std::vector<KeyDuty> KeystoreImplementation::plan_keys(UnixSeconds now, UnixSeconds horizon) const {
  KeySchedule schedule;
  {
    const std::lock_guard lock(publish_mutex_);
    schedule = schedule_;
  }
  return key_plan(keys(), schedule, terms_of_new_key(), now, horizon);
}

void KeystoreImplementation::step_key(AuditActor actor, KeyStep step, StoreDone<KeyStepDone> done) {
  step.skew_s = options_.clock_skew_s;
  store_->step_key(std::move(actor), std::move(step), std::move(done));
}

std::expected<KeyStepDone, StoreError> KeystoreImplementation::step_now(const AuditActor& actor, KeyStep step) {
  return wait_for_store<KeyStepDone>(
      closing_, [&](StoreDone<KeyStepDone> done) { step_key(actor, std::move(step), std::move(done)); });
}

void KeystoreImplementation::rotate_key(AuditActor actor, KeyRotation rotation, StoreDone<KeyRotated> done) {
  if (rotation.kid.empty()) {
    if (auto ok = check_key_purpose(rotation.purpose); !ok) return done(std::unexpected(std::move(ok.error())));
  }
  make_slowly<KeyRotated>(
      [this, actor = std::move(actor), rotation = std::move(rotation)] { return rotate_now(actor, rotation); },
      std::move(done));
}

std::expected<KeystoreImplementation::RotationPlace, StoreError> KeystoreImplementation::find_rotation_place(
    const KeyRotation& rotation) const {
  RotationPlace place{.tenant = rotation.tenant, .purpose = rotation.purpose};
  const std::lock_guard lock(publish_mutex_);
  if (!builder_.has_tenant(rotation.tenant)) return refused(StoreErrorKind::kNotFound, "there is no such tenant");
  std::shared_ptr<const SigningKey> named;
  if (!rotation.kid.empty()) {
    named = builder_.find(rotation.tenant, rotation.kid);
    if (!named) return refused(StoreErrorKind::kNotFound, fmt::format("there is no key {}", rotation.kid));
    place.purpose = {.algorithm = named->algorithm,
                     .audience = named->audience,
                     .dialect = named->dialect,
                     .bits = is_rsa(named->algorithm) ? named->bits : 0};
    if (!named->location.empty()) place.purpose.token.emplace();
  }
  const auto in_place =
      builder_.in_place(rotation.tenant, place.purpose.algorithm, place.purpose.audience, place.purpose.dialect);
  for (const auto& key : in_place) {
    if (key->status == KeyStatus::kActive) {
      place.goes = key->kid;
      place.signs = true;
      // A key in a token is followed by one there.
      if (!key->location.empty() && !place.purpose.token) place.purpose.token.emplace();
    }
    if (key->status == KeyStatus::kPending && place.comes.empty()) place.comes = key->kid;
  }
  if (!named) return place;
  if (rotation.compromised) {
    place.signs = named->status == KeyStatus::kActive;
    place.goes = named->kid;
    return place;
  }
  if (named->status == KeyStatus::kPending) {
    place.comes = named->kid;
  } else if (named->status != KeyStatus::kActive) {
    return refused(StoreErrorKind::kInvalid, fmt::format("key {} is {}: only an active key has a successor, and only "
                                                         "a pending one can be it",
                                                         named->kid, key_status_name(named->status)));
  }
  return place;
}

std::expected<KeyRotated, StoreError> KeystoreImplementation::rotate_now(const AuditActor& actor,
                                                                         const KeyRotation& rotation) {
  auto place = find_rotation_place(rotation);
  if (!place) return std::unexpected(place.error());
  if (rotation.compromised && place->goes.empty()) {
    return refused(StoreErrorKind::kNotFound, "there is no active key of that kind: name the key that is compromised");
  }
  KeyRotated rotated;
  if (place->comes.empty() && (!rotation.compromised || place->signs)) {
    auto made = make_key(actor, place->tenant, place->purpose);
    if (!made) return std::unexpected(made.error());
    rotated.successor = std::move(*made);
    if (rotated.successor->status == KeyStatus::kActive) return rotated;  // the first one of its place
    place->comes = rotated.successor->kid;
  }
  if (rotation.compromised) return withdraw_now(actor, *place);
  const KeyStep step{.kind = KeyStep::Kind::kActivate,
                     .tenant = place->tenant,
                     .kid = place->comes,
                     .at = rotation.at,
                     .overrides = rotation.overrides};
  if (rotation.at == 0) {
    auto done = step_now(actor, step);
    if (done) return KeyRotated{.successor = std::move(done->key), .predecessor = std::move(done->other)};
    if (done.error().kind != StoreErrorKind::kInvalid) return std::unexpected(done.error());
  }
  KeyStep plan = step;
  plan.kind = KeyStep::Kind::kPlan;
  auto planned = step_now(actor, std::move(plan));
  if (!planned) return std::unexpected(planned.error());
  rotated.successor = std::move(planned->key);
  return rotated;
}

std::expected<KeyRotated, StoreError> KeystoreImplementation::withdraw_now(const AuditActor& actor,
                                                                           const RotationPlace& place) {
  auto done = step_now(actor, {.kind = KeyStep::Kind::kWithdraw,
                               .tenant = place.tenant,
                               .kid = place.goes,
                               .successor = place.signs ? place.comes : std::string()});
  if (!done) return std::unexpected(done.error());
  return KeyRotated{.successor = std::move(done->other),
                    .predecessor = std::move(done->key),
                    .revoked_before_ms = done->revoked_before_ms};
}

// --- the keeper ---

void KeystoreImplementation::make_keeper() {
  auto duties = [this] {
    const std::lock_guard lock(publish_mutex_);
    return key_duties(*builder_.build(), schedule_, terms_of_new_key());
  };
  auto trouble = [this](const KeyDuty& duty, const StoreError& error) {
    if (options_.on_key_overdue) options_.on_key_overdue(duty, error);
  };
  keeper_.emplace(KeyKeeper::Parts{.duties = std::move(duties),
                                   .perform = [this](const KeyDuty& duty) { return perform(duty); },
                                   .tidy =
                                       [this] {
                                         finish_drained_keys();
                                         destroy_doomed_objects();
                                       },
                                   .trouble = std::move(trouble)});
}

// 0, as soon as it may, when the duty comes too late for its time.
UnixSeconds KeystoreImplementation::planned_activation(const KeyDuty& duty) const {
  constexpr UnixSeconds kMakingS = 60;  // of an RSA key, behind others
  const KeyLife made{.dialect = !duty.dialect.empty(),
                     .symmetric = is_symmetric(duty.algorithm),
                     .published_at = static_cast<UnixSeconds>(std::time(nullptr)),
                     .terms = terms_of_new_key()};
  return duty.then < may_sign_from(made, options_.clock_skew_s) + kMakingS ? 0 : duty.then;
}

std::expected<void, StoreError> KeystoreImplementation::perform(const KeyDuty& duty) {
  KeyStep step{.tenant = duty.tenant, .kid = duty.kid};
  switch (duty.kind) {
    case KeyDutyKind::kPublish: {
      KeyRotation rotation{.tenant = duty.tenant, .kid = duty.kid, .at = planned_activation(duty)};
      auto done = wait_for_store<KeyRotated>(
          closing_, [&](StoreDone<KeyRotated> then) { rotate_key(keeper(), std::move(rotation), std::move(then)); });
      if (done) return {};
      return std::unexpected(std::move(done.error()));
    }
    case KeyDutyKind::kActivate:
      step.kind = KeyStep::Kind::kActivate;
      break;
    case KeyDutyKind::kRetire:
      step.kind = KeyStep::Kind::kRetire;
      break;
    case KeyDutyKind::kDestroy:
      step.kind = KeyStep::Kind::kDestroy;
      break;
  }
  auto done = step_now(keeper(), std::move(step));
  if (done) return {};
  return std::unexpected(std::move(done.error()));
}

// What waited for a key that signed until lately has been signed by now: its private half goes.
void KeystoreImplementation::finish_drained_keys() {
  const std::lock_guard lock(publish_mutex_);
  const auto now = std::chrono::steady_clock::now();
  bool changed = false;
  for (auto& [row, until] : draining_) {
    if (until > now) continue;
    const auto key = builder_.find(row.tenant, row.kid);
    if (!key || key->revision != row.revision) continue;  // it changed since
    const bool keeps = keeps_private_half(row.status, row.algorithm);
    auto prepared = prepare_key(key_source(row, keeps ? key->private_key : nullptr), signer_count());
    if (!prepared) {
      storage_failed("a key that retires cannot be published: " + prepared.error());
      continue;
    }
    builder_.put_key(row.tenant, std::move(*prepared));
    changed = true;
  }
  std::erase_if(draining_, [&](const Draining& one) { return one.until <= now; });
  if (changed) keys_->publish(builder_.build(), domain_);
}

}  // namespace signet
