// KeyProof: replays what the audit log says of keys, and checks for each moment that a verifier which follows the key
// set could check what was signed. It knows the inequalities for itself, and takes nothing from the daemon but the log
// and the configured constants. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "protocol/base/time.h"
#include "protocol/json/value.h"

namespace signet::ctl {

struct KeyRules {
  int64_t lead_min_s = 0;  // however short the max-age was
  int64_t reload_s = 0;
  int64_t skew_s = 0;
};

// What a record says that a key is from then on.
struct KeyState {
  std::string tenant, kid, alg, audience, dialect;
  int64_t status = 0;  // 1 pending, 2 active, 3 retiring, 4 retired, 5 destroyed
  int64_t created_at = 0, activated_at = 0, retiring_at = 0, retired_at = 0, exported_at = 0;
  int64_t max_age_s = 0, lifetime_s = 0;
  bool operator==(const KeyState&) const = default;
};

// One moment at which something about the signing or the publication of keys changed.
struct KeyMoment {
  UnixSeconds at = 0;
  std::string what;  // "key.activate KID"
  std::string tenant;
  std::vector<std::string> signing;    // kids that sign, with their place: "KID (EdDSA)"
  std::vector<std::string> published;  // kids in the tenant's key set
};

class KeyProof {
 public:
  // Moments and gaps before `since` are left out; faults never.
  explicit KeyProof(const KeyRules& rules, UnixSeconds since = 0) : rules_(rules), since_(since) {}

  // The front of the log was pruned, and what is left begins at that time: keys from before it are taken as the first
  // record of them found them, or as they are when there is none.
  void begin_at(UnixSeconds begin) { begin_ = begin; }

  // take replays the next record of the log whose `what` begins with "key.".
  void take(const JsonValue& record);
  // compare checks that a key is now what the log left it as; `key` is one of the daemon's list of that tenant.
  void compare(const JsonValue& key);
  // compare_rest, once every key of these tenants was compared: what the log has more of than there is.
  void compare_rest(const std::vector<std::string>& tenants);

  const std::vector<KeyMoment>& moments() const { return moments_; }
  // Where the log contradicts itself or a rule: "record 12: ...".
  const std::vector<std::string>& faults() const { return faults_; }
  // Where a rule was overridden on purpose: a verifier may have been left without a key.
  const std::vector<std::string>& gaps() const { return gaps_; }
  size_t key_count() const { return keys_.size(); }

 private:
  using Name = std::pair<std::string, std::string>;  // tenant, kid
  void fault(const std::string& text);
  void gap(const std::string& text);
  void step(const std::string& what, const KeyState* before, const KeyState& after, bool overridden);
  void check_add(const KeyState& after);
  void check_activation(const KeyState& after, bool overridden);
  void check_retirement(const KeyState& before, const KeyState& after, bool overridden);
  void check_alone(const KeyState& active);
  void note_moment(const std::string& what, const std::string& tenant);

  const KeyRules rules_;
  const UnixSeconds since_;
  UnixSeconds begin_ = 0;  // 0 = the log is whole
  std::map<Name, KeyState> keys_;
  std::vector<KeyMoment> moments_;
  std::vector<std::string> faults_, gaps_;
  std::set<Name> compared_;
  std::string sequence_;  // of the record in hand
  UnixSeconds now_ = 0;   // its time
};

}  // namespace signet::ctl
