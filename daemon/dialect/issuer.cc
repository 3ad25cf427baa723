#include "daemon/dialect/issuer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "daemon/dialect/answer_head.h"
#include "daemon/dialect/template_values.h"
#include "daemon/endpoint/issuance.h"
#include "daemon/log.h"
#include "protocol/base/base64url.h"
#include "protocol/base/copy_text.h"
#include "protocol/base/random.h"
#include "protocol/dialect/dialect_claims.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

const SigningKey* key_of(const DialectCall& call) {
  const SigningKey* key = call.tenant->dialect_key(call.dialect.name);
  if (key != nullptr && key->algorithm == call.dialect.token->alg) return key;
  log_event(LogLevel::kError, "no_signing_key",
            {{"tenant", call.tenant->name},
             {"dialect", call.dialect.name},
             {"alg", jws_algorithm_name(call.dialect.token->alg)}});
  return nullptr;
}

const DialectAnswer& answer_of(const DialectCall& call, const DialectIssue& issue) {
  const auto& with_refresh = call.endpoint->success_with_refresh;
  return !issue.refresh_token.empty() && with_refresh ? *with_refresh : *call.endpoint->success;
}

// As long as a token, with nothing yet where its signature goes. Characters that no escape touches.
constexpr char kFiller = 'A';

// The text of a token before its signature, filler included, at the front of `out`; 0 when it does not fit.
size_t write_unsigned(std::string_view header, std::string_view claims, size_t signature_size, std::span<char> out) {
  const size_t filler = base64url_encoded_size(signature_size);
  const size_t input = write_signing_input(header, as_bytes(claims), out);
  if (input == 0 || input + 1 + filler > out.size()) return 0;
  out[input] = '.';
  std::memset(out.data() + input + 1, kFiller, filler);
  return input + 1 + filler;
}

void name_job(SigningJob& job, const DialectCall& call, const SigningKey& key, const ClientRecord& client) {
  job.tenant = call.tenant->tenant;
  job.key_revision = key.revision;
  job.algorithm = key.algorithm;
  job.cost_ns = signing_cost_ns(key);
  job.client_revision = client.revision();
  const std::string_view id = client.client_id();
  job.client_id_size = static_cast<uint8_t>(id.size());
  std::memcpy(job.client_id.data(), id.data(), id.size());
  job.owner = job_owner(call.request);
  job.owner.purpose = static_cast<uint8_t>(SigningPurpose::kDialect);
}

// The signature, which stands behind the token's first place, to its others.
void copy_signature(SigningJob& job) {
  const std::string_view signature = job.text().substr(job.signature_at, job.signature_size);
  for (size_t at = job.signature_at;;) {
    at = job.text().find(job.input(), at);
    if (at == std::string_view::npos) return;
    at += job.input_size + 1;
    copy_text(job.buffer.get() + at, signature);
  }
}

}  // namespace

void DialectIssuer::issue(DialectCall& call, const DialectIssue& issue) {
  const DialectToken& token = *call.dialect.token;
  const DialectAnswer& answer = answer_of(call, issue);
  if (!scope_.shared.may_issue.load(std::memory_order_relaxed)) {
    return call.refuse_for_a_while(DialectCondition::kUnavailable, 5);
  }
  const SigningKey* key = key_of(call);
  if (key == nullptr) return call.refuse(DialectCondition::kServerError);
  if (!scope_.queue.has_room(*key)) {
    return call.refuse_for_a_while(DialectCondition::kUnavailable, 1);
  }
  TemplateValues values(call, issue, *key, scope_.clock());
  const size_t claims_size = token.claims.render(values.input(), claims_);
  const std::string own_header = token.encoded_header.empty() ? render_dialect_header(token, key->kid) : std::string();
  const std::string_view header = token.encoded_header.empty() ? own_header : token.encoded_header;
  const size_t token_size =
      claims_size == 0 ? 0 : write_unsigned(header, {claims_.data(), claims_size}, key->signature_size, token_);
  if (token_size == 0 || !write_record(call, issue, *key, values.input())) {
    return call.refuse(DialectCondition::kServerError);
  }
  values.set_token({token_.data(), token_size});
  values.set_refresh_token(issue.refresh_token);
  const size_t body_size = answer.body.render(values.input(), body_);
  AnswerHead head(head_);
  head.begin(answer, call.out.date_field(), body_size, values.input());
  SigningJob* job = scope_.queue.take();
  if (job == nullptr) return call.refuse_for_a_while(DialectCondition::kUnavailable, 1);
  if ((body_size == 0 && !answer.body.empty()) || head.overflowed() ||
      !fill(*job, head.text(), {body_.data(), body_size},
            {{token_.data(), token_size}, token_size - base64url_encoded_size(key->signature_size)}, call)) {
    scope_.queue.give_back(job);
    return call.refuse(DialectCondition::kServerError);
  }
  name_job(*job, call, *key, issue.client);
  scope_.queue.push(job);
}

// Behind the text stand, for afterwards: whether the token comes again, dialect and endpoint; then the record.
bool DialectIssuer::fill(SigningJob& job, std::string_view head, std::string_view body, const Unsigned& token,
                         const DialectCall& call) const {
  const std::string& dialect = call.dialect.name;
  const std::string& endpoint = call.endpoint->name;
  job.task = SigningTask::kSign;
  job.size = head.size() + body.size();
  job.notes_at = job.size;
  job.record_at = job.notes_at + 2 + dialect.size() + endpoint.size() + 1;
  job.record_size = record_text_.size;
  job.token_hash_at = record_text_.token_hash_at == 0 ? 0 : job.record_at + record_text_.token_hash_at;
  job.ensure(job.record_at + job.record_size);
  char* out = job.buffer.get();
  copy_text(out, head);
  copy_text(out + head.size(), body);
  // Its first place is signed; there may be others, in the head and in the body.
  const size_t at = job.text().find(token.text);
  if (at == std::string_view::npos) return false;
  const bool again = job.text().find(token.text, at + 1) != std::string_view::npos;
  job.input_begin = at;
  job.input_size = token.signature_at - 1;
  job.signature_at = at + token.signature_at;
  job.signature_size = token.text.size() - token.signature_at;  // characters
  out += job.notes_at;
  *out++ = again ? '1' : '0';
  *out++ = static_cast<char>(dialect.size());
  copy_text(out, dialect);
  copy_text(out + dialect.size(), endpoint);
  out[dialect.size() + endpoint.size()] = '\0';
  copy_text(job.buffer.get() + job.record_at, {record_.data(), job.record_size});
  return true;
}

bool DialectIssuer::write_record(const DialectCall& call, const DialectIssue& issue, const SigningKey& key,
                                 const TemplateInput& values) {
  record_text_ = {};
  if (scope_.shared.issuance == nullptr) return true;
  std::array<char, 256> place;
  const auto end =
      fmt::format_to_n(place.data(), place.size(), "dialect:{}/{}", call.dialect.name, call.endpoint->name);
  if (end.size > place.size()) return false;
  const FamilyName family = issue.family != nullptr ? family_name_of(*issue.family) : FamilyName{};
  record_text_ = write_issuance_record({.time_ms = scope_.clock(),
                                        .tenant = call.tenant->name,
                                        .client_id = issue.client.client_id(),
                                        .subject = values.subject,
                                        .jti = values.jti,
                                        .kid = key.kid,
                                        .grant = {},
                                        .endpoint = {place.data(), end.size},
                                        .expires_at = values.expires_at,
                                        .scope = values.scope,
                                        .family = issue.family != nullptr ? family.text() : std::string_view()},
                                       record_);
  return record_text_.size != 0;
}

DialectIssuer::JobPlace DialectIssuer::place_of(const SigningJob& job) {
  const char* notes = job.buffer.get() + job.notes_at + 1;
  const auto size = static_cast<uint8_t>(*notes);
  return {.dialect = {notes + 1, size}, .endpoint = notes + 1 + size};
}

void DialectIssuer::signed_job(SigningJob& job, http::Responder& out) {
  if (job.buffer[job.notes_at] == '1') copy_signature(job);
  scope_.metrics.observe(Endpoint::kDialect, 200, monotonic_ns() - job.owner.arrived_ns);
  out.respond_serialized(exchange_of(job.owner), job.text());
}

}  // namespace signet
