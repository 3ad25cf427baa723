#include "tools/ctl/prove/key_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocol/base/time_text.h"
#include "protocol/jose/algorithm.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

enum Status : int64_t { kPending = 1, kActive = 2, kRetiring = 3, kRetired = 4, kDestroyed = 5 };

int64_t number_of(const JsonValue& object, std::string_view name) {
  const JsonValue* value = object.find(name);
  return value == nullptr ? 0 : value->as_integer().value_or(0);
}

KeyState state_of(const JsonValue& record, const JsonValue& state) {
  return {.tenant = text_of(record, "tenant"),
          .kid = text_of(record, "subject"),
          .alg = text_of(state, "alg"),
          .audience = text_of(state, "audience"),
          .dialect = text_of(state, "dialect"),
          .status = number_of(state, "status"),
          .created_at = number_of(state, "created_at"),
          .activated_at = number_of(state, "activated_at"),
          .retiring_at = number_of(state, "retiring_at"),
          .retired_at = number_of(state, "retired_at"),
          .exported_at = number_of(state, "exported_at"),
          .max_age_s = number_of(state, "max_age"),
          .lifetime_s = number_of(state, "lifetime")};
}

bool is_hmac(const KeyState& key) {
  const auto algorithm = parse_jws_algorithm(key.alg);
  return algorithm && is_symmetric(*algorithm);
}

bool same_place(const KeyState& a, const KeyState& b) {
  if (a.tenant != b.tenant || a.dialect != b.dialect) return false;
  return !a.dialect.empty() || (a.alg == b.alg && a.audience == b.audience);
}

std::string place_of(const KeyState& key) {
  if (!key.dialect.empty()) return "dialect " + key.dialect;
  return key.audience.empty() ? key.alg : key.alg + " for " + key.audience;
}

// The public half is in the tenant's key set.
bool in_key_set(const KeyState& key) {
  return key.dialect.empty() && !is_hmac(key) && key.status >= kPending && key.status <= kRetiring;
}

std::string_view status_name(int64_t status) {
  constexpr std::string_view kNames[] = {"unknown", "pending", "active", "retiring", "retired", "destroyed"};
  return status >= kPending && status <= kDestroyed ? kNames[status] : kNames[0];
}

bool may_follow(int64_t before, int64_t after) {
  return before == after || (before == kPending && (after == kActive || after == kRetired)) ||
         (before == kActive && (after == kRetiring || after == kRetired)) ||
         (before == kRetiring && after == kRetired) || (before == kRetired && after == kDestroyed);
}

}  // namespace

void KeyProof::fault(const std::string& text) {
  faults_.push_back(sequence_.empty() ? text : fmt::format("record {}: {}", sequence_, text));
}

void KeyProof::gap(const std::string& text) {
  if (now_ >= since_) gaps_.push_back(fmt::format("record {}: {}", sequence_, text));
}

void KeyProof::note_moment(const std::string& what, const std::string& tenant) {
  if (now_ < since_) return;
  KeyMoment moment{.at = now_, .what = what, .tenant = tenant, .signing = {}, .published = {}};
  for (const auto& [name, key] : keys_) {
    if (key.tenant != tenant) continue;
    if (key.status == kActive) moment.signing.push_back(fmt::format("{} ({})", key.kid, place_of(key)));
    if (in_key_set(key)) moment.published.push_back(key.kid);
  }
  moments_.push_back(std::move(moment));
}

void KeyProof::take(const JsonValue& record) {
  sequence_ = text_of(record, "sequence");
  const UnixSeconds at = number_of(record, "time_ms") / 1000;
  // A clock that was set back is no lie; what was promised meanwhile may still have been broken.
  const UnixSeconds before_that = std::exchange(now_, at);
  if (at < before_that) {
    gap(fmt::format("the clock was set back: its time {} is before that of the record before it, {}", rfc3339(at),
                    rfc3339(before_that)));
  }
  const std::string what = text_of(record, "what");
  if (what == "key.revoke") return;  // of tokens: the key stays what it is
  const JsonValue* after = record.find("after");
  if (after == nullptr || after->as_object() == nullptr) return fault(what + " does not say what the key is then");
  const KeyState state = state_of(record, *after);
  auto known = keys_.find({state.tenant, state.kid});
  const JsonValue* before = record.find("before");
  const bool had_before = before != nullptr && before->as_object() != nullptr;
  if (known == keys_.end() && had_before && begin_ != 0) {
    const KeyState found = state_of(record, *before);
    if (found.created_at <= begin_) known = keys_.emplace(Name{state.tenant, state.kid}, found).first;
  }
  if (known == keys_.end() && what != "key.add") {
    fault(fmt::format("{} of key {}, whose publication is missing: no record says since when verifiers could know it",
                      what, state.kid));
  } else if (known != keys_.end() && had_before && !(state_of(record, *before) == known->second)) {
    fault(fmt::format("{} of key {} begins where no record left the key", what, state.kid));
  }
  const auto override = after->find("overridden");
  const KeyState previous = known == keys_.end() ? KeyState{} : known->second;
  step(what, known == keys_.end() ? nullptr : &previous, state, override != nullptr && !override->is_null());
  keys_[{state.tenant, state.kid}] = state;
  if (previous.status != state.status) note_moment(what + " " + state.kid, state.tenant);
}

void KeyProof::step(const std::string& what, const KeyState* before, const KeyState& after, bool overridden) {
  if (before != nullptr && !may_follow(before->status, after.status)) {
    return fault(
        fmt::format("key {} went from {} to {}", after.kid, status_name(before->status), status_name(after.status)));
  }
  if (before != nullptr && before->created_at != after.created_at) {
    fault(fmt::format("key {} was published at {}, and is said to have been at {}", after.kid,
                      rfc3339(before->created_at), rfc3339(after.created_at)));
  }
  if (before != nullptr && (after.max_age_s < before->max_age_s || after.lifetime_s < before->lifetime_s)) {
    fault(fmt::format("what key {} promised became less: verifiers were told more", after.kid));
  }
  const int64_t status_before = before == nullptr ? 0 : before->status;
  if (what == "key.add") check_add(after);
  if (status_before == after.status) return;
  if (after.status == kActive && what != "key.add") check_activation(after, overridden);
  if (after.status == kRetiring && after.retiring_at < now_) {
    fault(fmt::format("key {} is said to sign no more since {}, but its record is of {}", after.kid,
                      rfc3339(after.retiring_at), rfc3339(now_)));
  }
  if (after.status == kRetired && before != nullptr) {
    check_retirement(*before, after, overridden || what == "key.withdraw");
  }
}

void KeyProof::check_add(const KeyState& after) {
  if (keys_.contains({after.tenant, after.kid})) fault(fmt::format("key {} is added a second time", after.kid));
  if (after.created_at < now_) {
    fault(fmt::format("key {} is said to be published since {}, but its record is of {}", after.kid,
                      rfc3339(after.created_at), rfc3339(now_)));
  }
  if (after.status != kActive) return;
  const bool first = std::ranges::none_of(
      keys_, [&](const auto& entry) { return entry.second.status != kDestroyed && same_place(entry.second, after); });
  // Nobody can have relied on a key that was not there.
  if (!first && after.dialect.empty()) {
    fault(fmt::format("key {} signed from its publication on, although it was not the first for {}", after.kid,
                      place_of(after)));
  }
  check_alone(after);
}

void KeyProof::check_alone(const KeyState& active) {
  for (const auto& [name, other] : keys_) {
    if (other.kid != active.kid && other.status == kActive && same_place(other, active)) {
      fault(fmt::format("keys {} and {} sign at once for {}", other.kid, active.kid, place_of(active)));
    }
  }
}

void KeyProof::check_activation(const KeyState& after, bool overridden) {
  if (after.activated_at != now_) {
    fault(fmt::format("key {} is said to sign since {}, but its record is of {}", after.kid,
                      rfc3339(after.activated_at), rfc3339(now_)));
  }
  check_alone(after);
  if (!after.dialect.empty()) return;
  int64_t from = after.created_at + std::max(after.max_age_s, rules_.lead_min_s) + rules_.skew_s + rules_.reload_s;
  if (is_hmac(after)) from = after.exported_at == 0 ? after.activated_at + 1 : after.exported_at + rules_.reload_s;
  if (after.activated_at >= from) return;
  const std::string text =
      fmt::format("key {} was activated early: it signed from {}, and every verifier knew it from {} on", after.kid,
                  rfc3339(after.activated_at), rfc3339(from));
  overridden ? gap(text) : fault(text);
}

void KeyProof::check_retirement(const KeyState& before, const KeyState& after, bool overridden) {
  if (after.retired_at != now_) {
    fault(fmt::format("key {} is said to be out of the key set since {}, but its record is of {}", after.kid,
                      rfc3339(after.retired_at), rfc3339(now_)));
  }
  if (before.status == kPending) return;  // it signed nothing
  const int64_t until = (before.status == kActive ? now_ : before.retiring_at) + before.lifetime_s + rules_.skew_s;
  if (after.retired_at >= until) return;
  const std::string text =
      fmt::format("key {} was retired early: it left the key set at {}, and tokens of it could live until {}",
                  after.kid, rfc3339(after.retired_at), rfc3339(until));
  overridden ? gap(text) : fault(text);
}

void KeyProof::compare_rest(const std::vector<std::string>& tenants) {
  sequence_.clear();
  for (const auto& [name, key] : keys_) {
    const bool listed = std::ranges::find(tenants, key.tenant) != tenants.end();
    if (!listed || key.status == kDestroyed || compared_.contains(name)) continue;
    fault(fmt::format("key {} of tenant {} is {} in the log, and is not there now", key.kid, key.tenant,
                      status_name(key.status)));
  }
}

void KeyProof::compare(const JsonValue& key) {
  sequence_.clear();
  const std::string kid = text_of(key, "kid"), tenant = text_of(key, "tenant");
  const auto known = keys_.find({tenant, kid});
  if (known == keys_.end()) {
    // Published before what is left of the log, and left alone since.
    if (begin_ != 0 && text_of(key, "created_at") <= rfc3339(begin_)) return;
    return fault(fmt::format("key {} of tenant {} is in no record", kid, tenant));
  }
  compared_.insert(known->first);
  const KeyState& state = known->second;
  const auto time_is = [&](std::string_view member, int64_t logged) {
    const std::string text = text_of(key, member);
    if (text == (logged == 0 ? std::string() : rfc3339(logged))) return;
    fault(fmt::format("key {}: {} is {} now, and {} in the log", kid, member, text.empty() ? "nothing" : text,
                      logged == 0 ? "nothing" : rfc3339(logged)));
  };
  if (text_of(key, "status") != status_name(state.status)) {
    fault(fmt::format("key {} is {} now, and {} in the log", kid, text_of(key, "status"), status_name(state.status)));
  }
  time_is("created_at", state.created_at);
  time_is("activated_at", state.activated_at);
  time_is("retiring_at", state.retiring_at);
  time_is("retired_at", state.retired_at);
}

}  // namespace signet::ctl
