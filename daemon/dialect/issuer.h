// DialectIssuer: a dialect's token in a dialect's answer, through the worker's signing queue.
#pragma once

#include <array>
#include <string_view>

#include "daemon/dialect/caller.h"
#include "daemon/dialect/dialect_call.h"
#include "daemon/endpoint/issuance.h"
#include "keystore/queue/signing_job.h"
#include "protocol/dialect/template.h"
#include "protocol/oauth/issuance_record.h"

namespace signet {

// Whose answer a signature is part of. In SigningJobOwner::purpose, of jobs that sign.
enum class SigningPurpose : uint8_t { kToken = 0, kDialect = 1 };

// How one token differs from what its dialect and its client say.
struct DialectIssue {
  const ClientRecord& client;
  const ApiToken* key = nullptr;        // whose id stands in the token, if that was presented
  std::string_view subject = {};        // empty = the client
  std::string_view scope = {};          // empty = the client's
  const FamilyId* family = nullptr;     // what the session is made with, if that is a refresh token
  std::string_view refresh_token = {};  // goes with the answer; the endpoint has success_with_refresh
};

// Loop thread only; does not allocate in the steady state.
class DialectIssuer {
 public:
  explicit DialectIssuer(WorkerScope& scope) : scope_(scope) {}

  // Composes and queues, or answers with what hinders it.
  void issue(DialectCall& call, const DialectIssue& issue);
  // The queue has signed it.
  void signed_job(SigningJob& job, http::Responder& out);

  // Whose answer a job is. Views into it.
  struct JobPlace {
    std::string_view dialect, endpoint;
  };
  static JobPlace place_of(const SigningJob& job);

 private:
  // The token's text before its signature, with room for that.
  struct Unsigned {
    std::string_view text;
    size_t signature_at;
  };
  bool fill(SigningJob& job, std::string_view head, std::string_view body, const Unsigned& token,
            const DialectCall& call) const;
  // The token's record, while issuance is audited. False when it does not fit.
  bool write_record(const DialectCall& call, const DialectIssue& issue, const SigningKey& key,
                    const TemplateInput& values);

  WorkerScope& scope_;
  std::array<char, size_t{6} * 1024> claims_;
  std::array<char, kTokenSizeMax> token_;
  std::array<char, size_t{24} * 1024> body_;
  std::array<char, size_t{16} * 1024> head_;
  IssuanceRecordText record_text_;  // of the token being composed; its size is 0 when none is kept
  std::array<char, kIssuanceRecordMax> record_;
};

}  // namespace signet
