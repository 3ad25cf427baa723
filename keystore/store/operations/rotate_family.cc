// The compare-and-set of refresh rotation: one thread, one durable batch. No cryptography here: the asker has checked
// the MAC and derived the successor.
#include <algorithm>
#include <new>

#include "keystore/store/family_rows.h"
#include "keystore/store/operations/family_end.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"
#include "protocol/oauth/scope.h"

namespace signet::store {
namespace {

RotationVerdict verdict_of(Ruling ruling) {
  switch (ruling) {
    case Ruling::kRotate:
      return RotationVerdict::kRotated;
    case Ruling::kRepeat:
      return RotationVerdict::kRepeated;
    case Ruling::kWrongSecret:
      return RotationVerdict::kWrongSecret;
    case Ruling::kOvertaken:
      return RotationVerdict::kOvertaken;
    case Ruling::kReuse:
      return RotationVerdict::kReused;
    case Ruling::kRolledBack:
      return RotationVerdict::kRolledBack;
    case Ruling::kExhausted:
      return RotationVerdict::kExhausted;
  }
  return RotationVerdict::kUnavailable;
}

bool all_granted(std::span<const std::string> wanted, const std::vector<std::string>& granted) {
  return std::ranges::all_of(wanted,
                             [&](const std::string& one) { return std::ranges::find(granted, one) != granted.end(); });
}

class RotateFamily final : public Operation {
 public:
  explicit RotateFamily(RotationRequest& request) : request_(request) {}

  void name_family(std::vector<std::string>& keys) const override {
    keys.push_back(family_key(request_.tenant, request_.family));
  }

  Outcome check_and_apply(Transaction& transaction) override {
    request_.verdict = decide(transaction);
    return {};  // a refusal has written nothing, and one that revokes has
  }

  void complete(Outcome outcome) override {
    if (!outcome) {
      const bool busy = outcome.error().kind == StoreErrorKind::kBusy;
      request_.verdict = busy ? RotationVerdict::kBusy : RotationVerdict::kUnavailable;
    }
    request_.completed();
  }

  bool borrowed() const override { return true; }

 private:
  RotationVerdict decide(Transaction& transaction) {
    const std::string key = family_key(request_.tenant, request_.family);
    const auto value = transaction.get(Family::kRefreshFamilies, key);
    if (!value) return RotationVerdict::kUnknownFamily;
    thread_local RefreshFamily family;  // the committer's; its memory is reused
    if (!decode_family(key, *value, family)) {
      transaction.damaged(Family::kRefreshFamilies, key);
      return RotationVerdict::kUnavailable;
    }
    if (const auto refused = refuse_family(transaction, family)) return *refused;
    const Ruling ruling = judge_rotation(family.rotation, request_.sequence, request_.hash,
                                         {.now_ms = transaction.service_ms(),
                                          .opened_ms = transaction.opened_service_ms(),
                                          .window_ms = request_.window_ms});
    if (ruling == Ruling::kReuse && !request_.revoke_on_reuse) return RotationVerdict::kOvertaken;
    if (ruling == Ruling::kReuse) end(transaction, family);
    if (ruling != Ruling::kRotate && ruling != Ruling::kRepeat) return verdict_of(ruling);
    // What is asked for comes before anything is written: a request that gets nothing costs no token.
    if (!scope_is_subset(family.scope, request_.scope)) return RotationVerdict::kScope;
    if (!all_granted(request_.resources.span(), family.audiences)) return RotationVerdict::kTarget;
    if (ruling == Ruling::kRotate) rotate(transaction, family);
    answer(family);
    return verdict_of(ruling);
  }

  std::optional<RotationVerdict> refuse_family(Transaction& transaction, const RefreshFamily& family) const {
    if (family.status != FamilyStatus::kLive) return RotationVerdict::kRevoked;
    const UnixSeconds now = transaction.now_s();
    if (family.absolute_expires_at <= now || family.idle_expires_at <= now) return RotationVerdict::kExpired;
    if (!request_.any_client && family.client_id != request_.client_id) return RotationVerdict::kOtherClient;
    const auto client_flags = transaction.client_flags(family.tenant, family.client_id);
    if (!client_flags || (*client_flags & kClientDisabled) != 0) return RotationVerdict::kClientGone;
    const FamilyName name = family_name_of(family.id);
    const bool revoked = transaction.revoked({.of = CredentialKind::kFamily,
                                              .tenant = family.tenant,
                                              .family = name.text(),
                                              .client_id = family.client_id,
                                              .subject = family.subject,
                                              .issued_ms = family.created_ms});
    if (revoked) return RotationVerdict::kRevoked;
    return std::nullopt;
  }

  void rotate(Transaction& transaction, RefreshFamily& family) const {
    RotationState& state = family.rotation;
    state = {.sequence = state.sequence + 1,
             .key_version = request_.successor_key_version,
             .current_hash = request_.successor_hash,
             .previous_hash = state.current_hash,
             .salt = request_.salt,
             .rotated_ms = transaction.service_ms(),
             .rotated_before_ms = state.rotated_ms};
    family.rotated_at = transaction.now_s();
    family.idle_expires_at = std::min(transaction.now_s() + request_.idle_s, family.absolute_expires_at);
    transaction.put(Family::kRefreshFamilies, family_key(family.tenant, family.id), encode_family(family));
  }

  // Whoever presents a token that was rotated long ago has it from somebody else, or somebody else has it from them
  // (RFC 9700 4.14.2): nobody keeps the family.
  static void end(Transaction& transaction, RefreshFamily& family) {
    static const AuditActor kActor{.via = "token-endpoint"};
    end_family(transaction, family, kActor, "family.reused");
  }

  void answer(const RefreshFamily& family) const {
    request_.rotation = family.rotation;
    if (request_.any_client) request_.client_id.assign(family.client_id);
    request_.subject.assign(family.subject);
    request_.granted_scope.assign(family.scope);
    request_.audiences.clear();
    for (const std::string& audience : family.audiences) request_.audiences.add(audience);
    request_.cnf.assign(family.cnf);
    request_.created_ms = family.created_ms;
    request_.idle_expires_at = family.idle_expires_at;
    request_.absolute_expires_at = family.absolute_expires_at;
  }

  RotationRequest& request_;
};

}  // namespace

OperationPtr rotate_family(RotationRequest& request) {
  static_assert(sizeof(RotateFamily) <= sizeof request.store_space);
  return OperationPtr(new (request.store_space.data()) RotateFamily(request));
}

}  // namespace signet::store
