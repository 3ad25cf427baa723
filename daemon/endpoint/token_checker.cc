#include "daemon/endpoint/token_checker.h"

#include <algorithm>
#include <cstring>

#include "keystore/keys/check_signatures.h"
#include "protocol/base/base64url.h"
#include "protocol/base/copy_text.h"
#include "protocol/jose/jws.h"

namespace signet {
namespace {

// In a job's buffer: the token, its signature's octets, these notes, the text that the answer is made of, and what the
// endpoint notes.
struct Notes {
  uint64_t place;  // TokenCache::Name
  CheckedToken token;
  uint32_t endpoint_size;
};

Notes notes_in(const SigningJob& job) {
  Notes notes;
  std::memcpy(&notes, job.buffer.get() + job.notes_at, sizeof notes);
  return notes;
}

}  // namespace

bool AudienceRule::allows(const CheckedTokenView& token) const {
  if (caller == nullptr) return token.has_audience(audience);
  if ((caller->flags() & kClientIntrospectAll) != 0) return true;
  for (size_t i = 0; i < caller->introspect_count(); ++i) {
    if (token.has_audience(caller->introspect(i))) return true;
  }
  return false;
}

bool may_introspect(const ClientRecord& client) {
  return (client.flags() & kClientIntrospectAll) != 0 || client.introspect_count() > 0;
}

TokenChecker::TokenChecker(WorkerScope& scope, size_t cache_entries) : scope_(scope), cache_(cache_entries) {}

TokenChecker::Outcome TokenChecker::counted(CheckResult result, CheckedTokenView token) {
  scope_.metrics.checks[static_cast<size_t>(result)].add();
  return {result, token};
}

TokenChecker::Outcome TokenChecker::check(const TenantKeys& tenant, std::string_view token, const AudienceRule& rule) {
  // A clock that is known to be behind would let expired tokens live again.
  if (!scope_.shared.may_issue.load(std::memory_order_relaxed)) return counted(CheckResult::kUnavailable);
  if (token.size() > kJwsSizeMax) return counted(CheckResult::kMalformed);
  name_ = {tenant.tenant, cache_.place_of(token), token};
  if (const auto found = cache_.find(name_)) {
    const SigningKey* key = tenant.by_revision(found->key_revision);
    if (key != nullptr && can_check_with(*key, scope_.worker_index)) {
      scope_.metrics.verify_cache_hits.add();
      return judge(tenant, *key, found->token, rule);
    }
    cache_.drop(name_);  // the key changed: what it held then says nothing now
  }
  scope_.metrics.verify_cache_misses.add();
  const CheckResult result = check_anew(tenant, token);
  if (result == CheckResult::kMustCheck) return {result, {}};
  if (result != CheckResult::kActive) return counted(result);
  cache_.put(name_, key_->revision, token_);
  return judge(tenant, *key_, token_, rule);
}

CheckResult TokenChecker::check_anew(const TenantKeys& tenant, std::string_view token) {
  const auto jws = split_compact_jws(token);
  if (!jws) return CheckResult::kMalformed;
  // The header alone names the key, and only by being, octet for octet, the one that this key's tokens have: alg, typ,
  // kid, and nothing else that could be read in two ways (RFC 8725 3.1).
  key_ = tenant.by_header(jws->header());
  if (key_ == nullptr || !can_check_with(*key_, scope_.worker_index)) return CheckResult::kUnknownKey;
  signature_size_ = key_->signature_size;
  if (signature_size_ > signature_.size() || jws->signature().size() != base64url_encoded_size(signature_size_) ||
      !base64url_decode(jws->signature(), signature_)) {
    return CheckResult::kBadSignature;
  }
  const auto read = buffer_.read(jws->payload(), tenant.issuer);
  if (!read) return CheckResult::kMalformed;
  if (!is_live(read->token())) return CheckResult::kExpired;
  token_ = *read;
  input_ = jws->signing_input();
  return is_symmetric(key_->algorithm) ? check_hmac(*key_, token_, input_) : CheckResult::kMustCheck;
}

// Cheaper than a job. Whoever checks with the key can make tokens: it holds for its one audience alone.
CheckResult TokenChecker::check_hmac(const SigningKey& key, const CheckedTokenView& token, std::string_view input) {
  if (token.audience_count() != 1 || token.audience(0) != key.audience) return CheckResult::kUnknownKey;
  const ByteSpan message = as_bytes(input);
  const ByteSpan signature{signature_.data(), signature_size_};
  bool held = false;
  check_signatures(key, scope_.worker_index, {&message, 1}, {&signature, 1}, {&held, 1});
  return held ? CheckResult::kActive : CheckResult::kBadSignature;
}

SigningJob* TokenChecker::make_job(std::string_view notes) {
  const uint32_t cost_ns = each_checking_cost_ns(*key_, scope_.worker_index);
  if (!scope_.queue.has_room(key_->algorithm, cost_ns)) return nullptr;
  SigningJob* job = scope_.queue.take();
  if (job == nullptr) return nullptr;
  job->task = SigningTask::kCheck;
  job->tenant = name_.tenant;
  job->key_revision = key_->revision;
  job->algorithm = key_->algorithm;
  job->cost_ns = cost_ns;
  job->client_revision = 0;
  job->client_id_size = 0;
  const Notes own{name_.place, token_.token(), static_cast<uint32_t>(notes.size())};
  const std::string_view signature = as_text({signature_.data(), signature_size_});
  const std::string_view own_octets(reinterpret_cast<const char*>(&own), sizeof own);
  job->ensure(name_.text.size() + signature.size() + own_octets.size() + token_.text().size() + notes.size());
  char* const begin = job->buffer.get();
  job->input_begin = 0;
  job->input_size = input_.size();
  job->signature_at = name_.text.size();
  job->signature_size = signature.size();
  job->notes_at = name_.text.size() + signature.size();
  char* at = copy_text(copy_text(begin, name_.text), signature);
  at = copy_text(copy_text(at, own_octets), token_.text());
  job->size = static_cast<size_t>(copy_text(at, notes) - begin);
  return job;
}

std::string_view TokenChecker::notes_of(const SigningJob& job) {
  const size_t size = notes_in(job).endpoint_size;
  return job.text().substr(job.size - size);
}

TokenChecker::Outcome TokenChecker::finish(const SigningJob& job, bool held, const AudienceRule& rule) {
  if (!held) return counted(CheckResult::kBadSignature);
  const TenantKeys* tenant = scope_.keystore.keys().tenant(job.tenant);
  const SigningKey* key = tenant == nullptr ? nullptr : tenant->by_revision(job.key_revision);
  if (key == nullptr || !can_check_with(*key, scope_.worker_index)) return counted(CheckResult::kUnknownKey);
  const Notes notes = notes_in(job);
  const char* text = job.buffer.get() + job.notes_at + sizeof notes;
  cache_.put({job.tenant, notes.place, job.text().substr(0, job.signature_at)}, key->revision,
             CheckedTokenView(notes.token, text));
  finished_ = notes.token;
  return judge(*tenant, *key, CheckedTokenView(finished_, text), rule);
}

TokenChecker::Outcome TokenChecker::judge(const TenantKeys& tenant, const SigningKey& key, CheckedTokenView token,
                                          const AudienceRule& rule) {
  return counted(state_of(tenant, key, token, rule), token);
}

CheckResult TokenChecker::state_of(const TenantKeys& tenant, const SigningKey& key, const CheckedTokenView& token,
                                   const AudienceRule& rule) const {
  if (token.issuer() != tenant.issuer) return CheckResult::kMalformed;  // the configuration may change it
  if (!is_live(token.token())) return CheckResult::kExpired;
  const ClientRecord* client = scope_.keystore.clients().find(tenant.tenant, token.client_id());
  if (client == nullptr || client->disabled()) return CheckResult::kClientGone;
  if (!rule.allows(token)) return CheckResult::kForeign;
  const bool revoked = scope_.keystore.revocations().revoked({.tenant = tenant.tenant,
                                                              .jti = token.jti(),
                                                              .token_hash = {},
                                                              .family = token.family(),
                                                              .client_id = token.client_id(),
                                                              .subject = token.subject(),
                                                              .kid = key.kid,
                                                              .issued_ms = token.token().issued_ms});
  return revoked ? CheckResult::kRevoked : CheckResult::kActive;
}

// No skew at the end: the clock that wrote exp reads it.
bool TokenChecker::is_live(const CheckedToken& token) const {
  const UnixSeconds now = scope_.clock() / 1000;
  return now < token.expires_at && now >= token.not_before - kIssuedAheadMaxS;
}

}  // namespace signet
