#include "tests/crash/family_workload.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/keystore/store/test_rotation.h"

namespace signet::crash {
namespace {

constexpr size_t kFamiliesEach = 4;

class Holder {
 public:
  Holder(FamilyDesk& desk, HolderLedger& ledger) : desk_(desk), ledger_(ledger) {}

  // False when the store did not answer.
  bool step() {
    std::vector<HeldFamily*> live;
    for (HeldFamily& family : ledger_.families) {
      if (family.state == HeldState::kLive) live.push_back(&family);
    }
    if (live.size() < kFamiliesEach) return create();
    HeldFamily& family = *live[desk_.dice(live.size())];
    const uint64_t dice = desk_.dice(100);
    if (dice < 5 && family.rotated_lately) return repeat(family);
    if (dice < 20) return revoke_token();
    if (dice < 24) return revoke_family(family);
    if (dice < 25) return revoke_client();
    return rotate(family);
  }

 private:
  bool create() {
    const RefreshToken first = desk_.first_token();
    // Not by the clock alone: what its client's last revocation concerns would be dead at once.
    const UnixMs created_ms = std::max(FamilyDesk::now_ms(), ledger_.client_ended_ms + 1);
    HeldFamily& family = ledger_.families.emplace_back(HeldFamily{.tokens = {first}, .created_ms = created_ms});
    const auto made = desk_.create(store::family_of(first, FamilyDesk::keys(), ledger_.client_id, created_ms));
    if (made) ledger_.made(family);
    return answered(made, "a family was not made");
  }

  bool rotate(HeldFamily& family) {
    family.unanswered = true;
    const Rotation rotation = desk_.present(ledger_.client_id, family.current());
    if (rotation.verdict == RotationVerdict::kUnavailable) return false;
    if (rotation.verdict == RotationVerdict::kRotated) {
      ledger_.rotated(family, rotation.successor);
    } else {
      ledger_.report(Rule::kLost, fmt::format("a current token was refused with {}", int(rotation.verdict)));
    }
    return true;
  }

  // As a holder that lost its answer.
  bool repeat(HeldFamily& family) {
    const Rotation rotation = desk_.present(ledger_.client_id, family.tokens[family.tokens.size() - 2]);
    if (rotation.verdict == RotationVerdict::kUnavailable) return false;
    if (rotation.verdict == RotationVerdict::kRepeated) {
      ledger_.saw(rotation.successor);
    } else {
      ledger_.report(Rule::kLost, fmt::format("a repetition was refused with {}", int(rotation.verdict)));
    }
    return true;
  }

  bool revoke_token() {
    ledger_.revoking_token = desk_.new_jti();
    const auto revoked = desk_.revoke_token(ledger_.client_id, ledger_.revoking_token);
    if (revoked) ledger_.token_revoked();
    return answered(revoked, "a token was not revoked");
  }

  bool revoke_family(HeldFamily& family) {
    family.state = HeldState::kEnding;
    const auto revoked = desk_.revoke_family(ledger_.client_id, family.id());
    if (revoked) ledger_.family_ended(family);
    return answered(revoked, "a family was not revoked");
  }

  bool revoke_client() {
    ledger_.ending_client = true;
    const auto revoked = desk_.revoke_client(ledger_.client_id);
    if (revoked) ledger_.client_ended(revoked->issued_before_ms);
    return answered(revoked, "a client was not revoked");
  }

  template <typename T>
  bool answered(const std::expected<T, StoreError>& result, std::string_view what) {
    if (result) return true;
    if (result.error().kind == StoreErrorKind::kUnavailable) return false;
    ledger_.report(Rule::kLost, fmt::format("{}: {}", what, result.error().text));
    return true;
  }

  FamilyDesk& desk_;
  HolderLedger& ledger_;
};

}  // namespace

void hold(FamilyDesk& desk, HolderLedger& ledger, std::atomic<uint64_t>& acknowledged) {
  Holder holder(desk, ledger);
  bool more = true;
  while (more && ledger.broken.empty()) {
    const uint64_t before = ledger.acknowledged();
    more = holder.step();
    acknowledged += ledger.acknowledged() - before;
  }
}

}  // namespace signet::crash
