#include "tests/crash/family_ledger.h"

#include <fmt/format.h>

#include <algorithm>

namespace signet::crash {
namespace {

constexpr size_t kTokensKept = 4;

}  // namespace

void HolderLedger::saw(const RefreshToken& token) {
  auto& given = given_[{token.family, token.sequence}];
  given.insert(token.secret);
  if (given.size() > 1) {
    report(Rule::kTwoHeads, fmt::format("family {} at {}: {} tokens", family_name_of(token.family).text(),
                                        token.sequence, given.size()));
  }
}

void HolderLedger::rotated(HeldFamily& family, const RefreshToken& successor) {
  saw(successor);
  family.unanswered = false;
  family.rotated_lately = true;
  family.tokens.push_back(successor);
  if (family.tokens.size() > kTokensKept) family.tokens.erase(family.tokens.begin());
  ++rotations;
}

void HolderLedger::made(HeldFamily& family) {
  saw(family.current());
  family.state = HeldState::kLive;
}

void HolderLedger::token_revoked() {
  revoked_tokens.push_back(std::move(revoking_token));
  revoking_token.clear();
  ++tokens_ended;
}

void HolderLedger::family_ended(HeldFamily& family) {
  family.state = HeldState::kEnded;
  family.unanswered = false;
  ++families_ended;
}

void HolderLedger::client_ended(UnixMs issued_before_ms) {
  ending_client = false;
  client_ended_ms = std::max(client_ended_ms, issued_before_ms);
  ++clients_ended;
  for (HeldFamily& family : families) {
    if (family.state != HeldState::kLive || family.created_ms > issued_before_ms) continue;
    family.state = HeldState::kEnded;
    family.unanswered = false;
  }
}

void HolderLedger::retried(bool was_served, std::string_view what) {
  ++unanswered;
  if (was_served) {
    ++served;
  } else {
    report(Rule::kUnserved, std::string(what));
  }
}

uint64_t HolderLedger::count(Rule rule) const {
  return static_cast<uint64_t>(std::ranges::count(broken, rule, &std::pair<Rule, std::string>::first));
}

}  // namespace signet::crash
