// What a restored backup must not revive: everything that was given out before, since some of it may have been revoked
// after the backup was made.
#include <fmt/format.h>

#include <algorithm>

#include "keystore/store/keys.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/revocations.h"
#include "keystore/store/random_epoch.h"
#include "keystore/store/rows.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class FinishRestore final : public OperationFor<RestorePoint> {
 public:
  FinishRestore(AuditActor actor, RestoreRules rules, StoreDone<RestorePoint> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), rules_(rules) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const UnixMs written_ms = transaction.state().time.wall_ms;
    const RestorePoint before = transaction.restore_point();
    transaction.accept_clock();  // the time since the backup is no jump: whoever restores has looked at the clock
    // Nothing of the backup was made later than this.
    const UnixMs now_ms = std::max(transaction.now_ms(), written_ms);
    RestorePoint& point = transaction.restore_point();
    if (!rules_.revive_tokens) end_tokens(transaction, now_ms, point);
    if (!rules_.revive_families) {
      point.families_ended_ms = now_ms;
      point.api_tokens_suspended_ms = now_ms;
    }
    transaction.new_feed_epoch(random_feed_epoch());
    transaction.audit({.actor = actor_,
                       .tenant = kNoTenant,
                       .what = "backup.restore",
                       .subject = {},
                       .before = json(before),
                       .after = json(point)});
    result_ = point;
    return {};
  }

 private:
  static void end_tokens(Transaction& transaction, UnixMs now_ms, RestorePoint& point) {
    const UnixMs restored_before_ms = std::exchange(point.at_ms, now_ms);
    const auto earlier = std::exchange(point.grants, {});
    for (const uint32_t tenant : tenants_of(transaction)) {
      const Revocation criterion{.tenant = tenant,
                                 .kind = RevocationKind::kTenant,
                                 .value = {},
                                 .issued_before_ms = now_ms,
                                 .expires_at = now_ms / 1000 + longest_lifetime_s(RevocationKind::kTenant)};
      UnixMs known_ms = transaction.issued_before(criterion);
      if (known_ms != 0 && known_ms == restored_before_ms) {
        // The entry is that of the restore before, and never spoke of grants.
        const auto known = std::ranges::find(earlier, tenant, &RestorePoint::TenantTime::tenant);
        known_ms = known == earlier.end() ? 0 : known->issued_before_ms;
      }
      if (known_ms != 0) point.grants.push_back({tenant, known_ms});
      put_revocation(transaction, criterion);
    }
  }

  static std::vector<uint32_t> tenants_of(Transaction& transaction) {
    std::vector<uint32_t> tenants;
    transaction.scan_committed(Family::kTenants, {}, tenant_prefix(kNoTenant), [&](auto key, auto) {
      if (const auto number = key_tenant(key)) tenants.push_back(*number);
      return true;
    });
    return tenants;
  }

  static std::string json(const RestorePoint& point) {
    return fmt::format(R"({{"restored_ms":{},"families_ended_ms":{},"api_tokens_suspended_ms":{}}})", point.at_ms,
                       point.families_ended_ms, point.api_tokens_suspended_ms);
  }

  const AuditActor actor_;
  const RestoreRules rules_;
};

class AcceptRestoredTokens final : public OperationFor<void> {
 public:
  AcceptRestoredTokens(AuditActor actor, StoreDone<void> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const UnixMs suspended_ms = std::exchange(transaction.restore_point().api_tokens_suspended_ms, 0);
    if (suspended_ms == 0) return {};
    transaction.publish(ApiTokensAccepted{});
    transaction.audit({.actor = actor_,
                       .tenant = kNoTenant,
                       .what = "backup.accept",
                       .subject = {},
                       .before = fmt::format(R"({{"api_tokens_suspended_ms":{}}})", suspended_ms),
                       .after = R"({"api_tokens_suspended_ms":0})"});
    return {};
  }

 private:
  const AuditActor actor_;
};

}  // namespace

OperationPtr finish_restore(AuditActor actor, RestoreRules rules, StoreDone<RestorePoint> done) {
  return OperationPtr(new FinishRestore(std::move(actor), rules, std::move(done)));
}

OperationPtr accept_restored_tokens(AuditActor actor, StoreDone<void> done) {
  return OperationPtr(new AcceptRestoredTokens(std::move(actor), std::move(done)));
}

}  // namespace signet::store
