// TokenChecker: whether an access token of ours is alive now, for one worker: introspection, its batch form and /verify
// ask it. Order: size, cache or header, shape, issuer, expiry, signature; then, each time anew, expiry,
// client, audience and, last, revocation.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/endpoint/checked_token.h"
#include "daemon/endpoint/token_cache.h"
#include "daemon/endpoint/worker_scope.h"
#include "keystore/clients/client.h"

namespace signet {

// How long an `iat` may lie ahead of this clock: that of the machine may have been set back since.
inline constexpr UnixSeconds kIssuedAheadMaxS = 60;

// Whose answer a check is part of. In SigningJobOwner::purpose.
enum class CheckPurpose : uint8_t { kIntrospect = 1, kIntrospectBatch, kVerify };

// For whom a token must be meant: one of the audiences that a caller may introspect, or one audience.
struct AudienceRule {
  const ClientRecord* caller = nullptr;
  std::string_view audience;
  bool allows(const CheckedTokenView& token) const;
};

// may_introspect: whether a client has any right to introspect.
bool may_introspect(const ClientRecord& client);

// Loop thread only; does not allocate in steady state.
class TokenChecker {
 public:
  TokenChecker(WorkerScope& scope, size_t cache_entries);

  struct Outcome {
    CheckResult result = CheckResult::kMalformed;
    CheckedTokenView token;  // when active; valid until the next call
    bool active() const { return result == CheckResult::kActive; }
  };

  // check answers at once where it can: from the cache, refusals, HMAC. kMustCheck: make_job next, before anything
  // else.
  Outcome check(const TenantKeys& tenant, std::string_view token, const AudienceRule& rule);
  // make_job gives a job, complete but for its owner and caller, that finds out whether the signature of the token last
  // given to `check` holds; `notes` (at most 64 KiB) come back with it. Null when there is no room: answer 503.
  SigningJob* make_job(std::string_view notes);
  static std::string_view notes_of(const SigningJob& job);
  // finish looks everything up again once the queue has done the job.
  Outcome finish(const SigningJob& job, bool held, const AudienceRule& rule);

 private:
  CheckResult check_anew(const TenantKeys& tenant, std::string_view token);
  CheckResult check_hmac(const SigningKey& key, const CheckedTokenView& token, std::string_view input);
  Outcome judge(const TenantKeys& tenant, const SigningKey& key, CheckedTokenView token, const AudienceRule& rule);
  CheckResult state_of(const TenantKeys& tenant, const SigningKey& key, const CheckedTokenView& token,
                       const AudienceRule& rule) const;
  bool is_live(const CheckedToken& token) const;
  Outcome counted(CheckResult result, CheckedTokenView token = {});

  WorkerScope& scope_;
  TokenCache cache_;
  CheckedTokenBuffer buffer_;

  // Of the token in hand, between check and make_job.
  TokenCache::Name name_;
  const SigningKey* key_ = nullptr;
  CheckedTokenView token_;
  std::string_view input_;
  size_t signature_size_ = 0;
  std::array<uint8_t, SigningQueue::kSignatureSizeMax> signature_;
  CheckedToken finished_{};  // of the job last finished
};

}  // namespace signet
