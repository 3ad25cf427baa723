#include "tests/crash/family_check.h"

#include <fmt/format.h>

namespace signet::crash {
namespace {

class Check {
 public:
  Check(FamilyDesk& desk, const RevocationIndex& index, HolderLedger& ledger)
      : desk_(desk), index_(index), ledger_(ledger) {}

  void run(bool everything) {
    retry_revocations();
    for (const std::string& jti : ledger_.revoked_tokens) {
      if (!index_.contains(0, RevocationKind::kToken, jti)) ledger_.report(Rule::kRevokedActive, "token " + jti);
    }
    std::erase_if(ledger_.families, [this](HeldFamily& family) { return never_made(family); });
    for (HeldFamily& family : ledger_.families) {
      if (family.state == HeldState::kEnding) retry_end(family);
      if (family.state == HeldState::kEnded) {
        if (everything || !family.checked || desk_.dice(50) == 0) ended(family);
      } else {
        live(family);
      }
    }
  }

 private:
  std::string name(const HeldFamily& family) const {
    return fmt::format("family {} at {}", family_name_of(family.id()).text(), family.current().sequence);
  }

  void retry_revocations() {
    if (!ledger_.revoking_token.empty()) {
      const auto revoked = desk_.revoke_token(ledger_.client_id, ledger_.revoking_token);
      ledger_.retried(revoked.has_value(), "the revocation of a token");
      if (revoked) ledger_.token_revoked();
    }
    if (ledger_.ending_client) {
      const auto revoked = desk_.revoke_client(ledger_.client_id);
      ledger_.retried(revoked.has_value(), "the revocation of a client");
      if (revoked) ledger_.client_ended(revoked->issued_before_ms);
    }
    if (index_.issued_before(0, RevocationKind::kClient, ledger_.client_id) < ledger_.client_ended_ms) {
      ledger_.report(Rule::kRevokedActive, "client " + ledger_.client_id);
    }
  }

  // Whether it may be forgotten: its creation was not answered and did not happen.
  bool never_made(HeldFamily& family) {
    if (family.state != HeldState::kMaking) return false;
    if (!desk_.find(family.id())) return true;
    ledger_.made(family);
    return false;
  }

  void retry_end(HeldFamily& family) {
    const auto revoked = desk_.revoke_family(ledger_.client_id, family.id());
    ledger_.retried(revoked.has_value(), name(family));
    if (revoked) ledger_.family_ended(family);
  }

  void ended(HeldFamily& family) {
    family.checked = true;
    for (const RefreshToken& token : family.tokens) {
      const Rotation rotation = desk_.present(ledger_.client_id, token);
      if (rotation.verdict != RotationVerdict::kRevoked) {
        ledger_.report(Rule::kRevokedActive, fmt::format("{}: {}", name(family), int(rotation.verdict)));
      }
    }
  }

  // The row is where the holder is, or one further when an answer is missing.
  bool row_agrees(const HeldFamily& family) {
    const auto row = desk_.find(family.id());
    const uint32_t sequence = family.current().sequence;
    const bool there =
        row && row->status == FamilyStatus::kLive &&
        (row->rotation.sequence == sequence || (family.unanswered && row->rotation.sequence == sequence + 1));
    if (!there) {
      ledger_.report(Rule::kLost, fmt::format("{}: the row is {}", name(family),
                                              row ? fmt::format("at {}", row->rotation.sequence) : "not there"));
    }
    return there;
  }

  void live(HeldFamily& family) {
    if (!row_agrees(family)) return;
    const RefreshToken presented = family.current();
    const bool retry = family.unanswered;
    const Rotation once = desk_.present(ledger_.client_id, presented);
    const Rotation again = desk_.present(ledger_.client_id, presented);
    if (retry) ledger_.retried(once.given(), name(family));
    // Nobody else has it: only what was not answered can have been rotated already.
    const bool right = once.verdict == RotationVerdict::kRotated || (retry && once.given());
    if (!right || again.verdict != RotationVerdict::kRepeated) {
      ledger_.report(Rule::kLost, fmt::format("{}: {}, then {}", name(family), int(once.verdict), int(again.verdict)));
      return;
    }
    ledger_.rotated(family, once.successor);
    ledger_.saw(again.successor);
    family.rotated_lately = false;  // how long ago that will have been is not known to the workload
    if (desk_.dice(8) == 0) old_tokens(family);
  }

  // A token two generations back ends the family or not, by the clock; it gets no other.
  void old_tokens(HeldFamily& family) {
    for (size_t i = 0; i + 2 < family.tokens.size(); ++i) {
      const Rotation rotation = desk_.present(ledger_.client_id, family.tokens[i]);
      if (!rotation.given()) continue;
      ledger_.report(Rule::kReplayed, name(family));
      ledger_.saw(rotation.successor);
    }
    const auto row = desk_.find(family.id());
    if (!row || row->status != FamilyStatus::kLive) family.state = HeldState::kEnded;
  }

  FamilyDesk& desk_;
  const RevocationIndex& index_;
  HolderLedger& ledger_;
};

}  // namespace

void check_holder(FamilyDesk& desk, const RevocationIndex& index, HolderLedger& ledger, bool everything) {
  Check(desk, index, ledger).run(everything);
}

}  // namespace signet::crash
