// The ledger of refresh families and revocations: what one holder of tokens was told, what it was not answered, and
// every rule that the store broke. Written by the holder before it asks and after it was answered; one operation at a
// time.
//
// Thread rule: the holder's thread; anybody once that has ended.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/time.h"
#include "protocol/oauth/refresh_token.h"

namespace signet::crash {

enum class Rule : uint8_t {
  kLost,           // acknowledged, and not there
  kTwoHeads,       // two tokens of one sequence
  kRevokedActive,  // revoked, and taken
  kReplayed,       // a token two generations back was answered with another
  kUnserved,       // unanswered, and refused on retry
};
inline constexpr size_t kRules = 5;
inline constexpr std::array<std::string_view, kRules> kRuleNames = {
    "lost", "families with two live heads", "revoked but active", "rotated by old tokens", "retries not served"};

enum class HeldState : uint8_t {
  kMaking,  // its creation was not answered
  kLive,
  kEnding,  // its revocation was not answered
  kEnded,
};

struct HeldFamily {
  std::vector<RefreshToken> tokens;  // the last one is current; a few before it
  UnixMs created_ms = 0;
  HeldState state = HeldState::kMaking;
  bool unanswered = false;      // a rotation of the current token
  bool rotated_lately = false;  // since the store was opened: the one before is inside its window
  bool checked = false;         // since it ended

  const RefreshToken& current() const { return tokens.back(); }
  const FamilyId& id() const { return tokens.back().family; }
};

class HolderLedger {
 public:
  explicit HolderLedger(std::string client) : client_id(std::move(client)) {}

  // A token in an answer: there is one for each sequence of each family, for ever.
  void saw(const RefreshToken& token);
  // The current token was answered with its successor.
  void rotated(HeldFamily& family, const RefreshToken& successor);
  void made(HeldFamily& family);
  void token_revoked();
  void family_ended(HeldFamily& family);
  // "Client, issued before": every family that was created then or earlier.
  void client_ended(UnixMs issued_before_ms);
  void report(Rule rule, std::string what) { broken.emplace_back(rule, std::move(what)); }
  // A retry of what was not answered.
  void retried(bool was_served, std::string_view what);

  const std::string client_id;
  std::deque<HeldFamily> families;
  std::vector<std::string> revoked_tokens;  // jti
  std::string revoking_token;               // not answered; empty = none
  bool ending_client = false;               // not answered
  UnixMs client_ended_ms = 0;
  uint64_t rotations = 0, tokens_ended = 0, families_ended = 0, clients_ended = 0;  // acknowledged
  uint64_t unanswered = 0, served = 0;
  std::vector<std::pair<Rule, std::string>> broken;

  uint64_t acknowledged() const { return rotations + tokens_ended + families_ended + clients_ended; }
  uint64_t count(Rule rule) const;

 private:
  std::map<std::pair<FamilyId, uint32_t>, std::set<RefreshSecret>> given_;
};

}  // namespace signet::crash
