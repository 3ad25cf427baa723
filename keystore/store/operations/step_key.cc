#include <fmt/format.h>

#include <algorithm>

#include "keystore/store/operations/key_rows.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/revocations.h"

namespace signet::store {
namespace {

// Far longer than a worker needs to see a commit.
constexpr UnixMs kStillSigningMs = 60'000;

class StepKey : public OperationFor<KeyStepDone> {
 public:
  StepKey(AuditActor actor, KeyStep step, StoreDone<KeyStepDone> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), step_(std::move(step)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    auto found = find_key(transaction, step_.tenant, step_.kid);
    if (!found) return refuse(StoreErrorKind::kNotFound, fmt::format("there is no key {}", step_.kid));
    key_ = *std::move(found);
    // A clock that runs ahead must not end a key early: what others still cache or hold does not know it.
    now_ = std::min(transaction.now_s(), transaction.safe_s());
    switch (step_.kind) {
      case KeyStep::Kind::kPlan:
        return plan(transaction);
      case KeyStep::Kind::kActivate:
        return activate(transaction);
      case KeyStep::Kind::kStop:
        return stop(transaction);
      case KeyStep::Kind::kRetire:
        return retire(transaction);
      case KeyStep::Kind::kWithdraw:
        return withdraw(transaction);
      case KeyStep::Kind::kDestroy:
        return destroy(transaction);
      case KeyStep::Kind::kExported:
        return exported(transaction);
      case KeyStep::Kind::kForgetLocation:
        return forget_location(transaction);
    }
    return refuse(StoreErrorKind::kInvalid, "there is no such step");
  }

 private:
  static Outcome judged(KeyStepOutcome outcome) {
    if (outcome) return {};
    return refuse(StoreErrorKind::kInvalid, std::move(outcome.error()));
  }

  void change(Transaction& transaction, std::string_view what, const KeyRow& before, KeyRow& key,
              std::string_view overridden = {}) {
    change_key_row(transaction, actor_, what, before, key, overridden);
  }

  Outcome plan(Transaction& transaction) {
    if (key_.status != KeyStatus::kPending) {
      return refuse(StoreErrorKind::kConflict,
                    fmt::format("key {} is {} already", key_.kid, key_status_name(key_.status)));
    }
    const KeyLife life = key_life(key_);
    const UnixSeconds from = may_sign_from(life, step_.skew_s);
    // Also says what is to be done for a key that nobody was given yet.
    if (from == 0) return judged(check_activation(life, key_.kid, now_, step_.skew_s, {}));
    if (step_.at != 0 && step_.at < from) {
      return judged(check_activation(life, key_.kid, step_.at, step_.skew_s, {}));
    }
    const KeyRow before = key_;
    key_.terms.activate_at = std::max(step_.at, from);
    if (key_.terms.activate_at != before.terms.activate_at) change(transaction, "key.plan", before, key_);
    result_.key = key_;
    return {};
  }

  Outcome activate(Transaction& transaction) {
    if (auto ok = check_activation(key_life(key_), key_.kid, now_, step_.skew_s, step_.overrides); !ok) {
      return judged(std::move(ok));
    }
    if (auto active = active_in_place_of(transaction, key_)) {
      const KeyRow before = *active;
      end_signing(transaction, *active);
      change(transaction, "key.stop", before, *active);
      result_.other = std::move(active);
    }
    const bool early = !check_activation(key_life(key_), key_.kid, now_, step_.skew_s, {});
    begin_signing(transaction, key_, early ? "before_verifiers_know" : "");
    result_.key = key_;
    return {};
  }

  void begin_signing(Transaction& transaction, KeyRow& key, std::string_view overridden) {
    const KeyRow before = key;
    key.status = KeyStatus::kActive;
    key.activated_at = transaction.now_s();
    key.terms.activate_at = 0;
    change(transaction, "key.activate", before, key, overridden);
  }

  // What an HMAC key signed is checked with its secret.
  static void end_signing(Transaction& transaction, KeyRow& key) {
    key.status = KeyStatus::kRetiring;
    key.terms.retiring_at = late_now(transaction);
    if (!keeps_private_half(key.status, key.algorithm)) key.sealed_private.clear();
  }

  Outcome stop(Transaction& transaction) {
    if (key_.status != KeyStatus::kActive) {
      return refuse(StoreErrorKind::kConflict, fmt::format("key {} does not sign", key_.kid));
    }
    if (!step_.overrides.leave_without_key) {
      return judged(check_retirement(key_life(key_), key_.kid, now_, step_.skew_s, {}));
    }
    const KeyRow before = key_;
    end_signing(transaction, key_);
    change(transaction, "key.stop", before, key_, "leave_without_key");
    result_.key = key_;
    return {};
  }

  static void end_publication(Transaction& transaction, KeyRow& key) {
    key.status = KeyStatus::kRetired;
    key.terms.activate_at = 0;
    key.terms.retired_at = transaction.now_s();
    key.sealed_private.clear();
  }

  Outcome retire(Transaction& transaction) {
    if (auto ok = check_retirement(key_life(key_), key_.kid, now_, step_.skew_s, step_.overrides); !ok) {
      return judged(std::move(ok));
    }
    const bool early = !check_retirement(key_life(key_), key_.kid, now_, step_.skew_s, {});
    const KeyRow before = key_;
    end_publication(transaction, key_);
    change(transaction, "key.retire", before, key_, early ? "while_tokens_live" : "");
    result_.key = key_;
    return {};
  }

  // The successor's lead is not asked for: what the old key signed is refused from now on, and nobody can wait.
  Outcome withdraw(Transaction& transaction) {
    if (key_.status == KeyStatus::kRetired || key_.status == KeyStatus::kDestroyed) {
      return refuse(StoreErrorKind::kConflict,
                    fmt::format("key {} is {} already", key_.kid, key_status_name(key_.status)));
    }
    const bool signed_until_now = key_.status == KeyStatus::kActive;
    const KeyRow before = key_;
    if (signed_until_now) key_.terms.retiring_at = late_now(transaction);
    end_publication(transaction, key_);
    change(transaction, "key.withdraw", before, key_);
    result_.revoked_before_ms = transaction.now_ms();
    revoke_all(transaction);
    result_.key = key_;
    // A withdrawal is never refused for its successor: that one may have taken over a moment ago.
    if (step_.successor.empty() || !signed_until_now) return {};
    auto next = find_key(transaction, step_.tenant, step_.successor);
    if (!next || next->status != KeyStatus::kPending || !same_place(*next, key_)) return {};
    begin_signing(transaction, *next, "compromised");
    result_.other = std::move(next);
    return {};
  }

  // A worker that has not seen this commit yet may sign with it for a moment more: that is revoked too. Nothing else is
  // issued under this key ever again.
  void revoke_all(Transaction& transaction) {
    const UnixMs until = transaction.now_ms() + kStillSigningMs;
    put_revocation(transaction, {.tenant = key_.tenant,
                                 .kind = RevocationKind::kKey,
                                 .value = key_.kid,
                                 .issued_before_ms = until,
                                 .expires_at = until / 1000 + longest_lifetime_s(RevocationKind::kKey)});
  }

  Outcome destroy(Transaction& transaction) {
    if (auto ok = check_destruction(key_life(key_), key_.kid); !ok) return judged(std::move(ok));
    const KeyRow before = key_;
    key_.status = KeyStatus::kDestroyed;
    key_.terms.destroyed_at = transaction.now_s();
    change(transaction, "key.destroy", before, key_);
    result_.key = key_;
    return {};
  }

  Outcome exported(Transaction& transaction) {
    if (!is_symmetric(key_.algorithm)) {
      return refuse(StoreErrorKind::kInvalid, "only HMAC keys are shared: the private half of this one never leaves");
    }
    if (key_.sealed_private.empty()) return refuse(StoreErrorKind::kInvalid, "the key's secret was erased");
    const KeyRow before = key_;
    key_.terms.exported_at = late_now(transaction);
    change(transaction, "key.export-secret", before, key_);
    result_.key = key_;
    return {};
  }

  Outcome forget_location(Transaction& transaction) {
    if (keeps_private_half(key_.status, key_.algorithm)) {
      return refuse(StoreErrorKind::kInvalid, fmt::format("key {} may still sign", key_.kid));
    }
    if (key_.sealed_location.empty()) {
      return refuse(StoreErrorKind::kConflict, fmt::format("key {} has no object in a token", key_.kid));
    }
    const KeyRow before = key_;
    key_.location.clear();
    key_.sealed_location.clear();
    change(transaction, "key.object-destroyed", before, key_);
    result_.key = key_;
    return {};
  }

  const AuditActor actor_;
  const KeyStep step_;
  KeyRow key_;
  UnixSeconds now_ = 0;
};

}  // namespace

OperationPtr step_key(AuditActor actor, KeyStep step, StoreDone<KeyStepDone> done) {
  return OperationPtr(new StepKey(std::move(actor), std::move(step), std::move(done)));
}

}  // namespace signet::store
