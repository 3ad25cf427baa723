#include "daemon/endpoint/issuance.h"

#include <algorithm>
#include <cstring>

#include "daemon/endpoint/issuance_policy.h"
#include "daemon/log.h"
#include "keystore/grants/refresh_family.h"
#include "protocol/base/base64url.h"
#include "protocol/base/copy_text.h"
#include "protocol/jwt/access_token.h"
#include "protocol/oauth/issuance_record.h"
#include "protocol/oauth/scope.h"

namespace signet {
namespace {

ErrorReply no_key(const IssueRequest& request, NoKey why) {
  if (why == NoKey::kAudienceCount) {
    return {.error = OAuthError::kInvalidTarget, .description = "this client's algorithm needs exactly one resource"};
  }
  log_event(LogLevel::kError, "no_signing_key",
            {{"tenant", request.tenant.name},
             {"alg", jws_algorithm_name(request.client.algorithm())},
             {"client_id", request.client.client_id()}});
  return {.error = OAuthError::kServerError, .description = "no active signing key for this client's algorithm"};
}

// The confirmation claim (RFC 7800) as a member; `cnf` is JSON already.
constexpr std::string_view kCnfName = R"("cnf":)";
constexpr size_t kCnfMemberMax = kCnfName.size() + kFamilyCnfSizeMax;

std::string_view cnf_member(std::string_view cnf, std::span<char> out) {
  if (cnf.empty() || cnf.size() > kFamilyCnfSizeMax) return {};
  copy_text(out.data(), kCnfName);
  copy_text(out.data() + kCnfName.size(), cnf);
  return {out.data(), kCnfName.size() + cnf.size()};
}

bool is_registered(const ClientRecord& client, std::string_view issuer, std::string_view resource) {
  if (client.audience_count() == 0) return resource == issuer;
  for (size_t i = 0; i < client.audience_count(); ++i) {
    if (client.audience(i) == resource) return true;
  }
  return false;
}

}  // namespace

std::expected<std::string_view, ErrorReply> narrow_scope(const ClientRecord& client, std::string_view wanted) {
  if (wanted.empty()) return client.scope();
  if (!valid_scope(wanted) || !scope_is_subset(client.scope(), wanted)) {
    return std::unexpected(ErrorReply{.error = OAuthError::kInvalidScope});
  }
  return wanted;
}

std::expected<Audience, ErrorReply> narrow_audience(const ClientRecord& client, std::string_view issuer,
                                                    std::span<const std::string_view> wanted) {
  Audience audience;
  if (wanted.size() > kAudiencesMax) return std::unexpected(ErrorReply{.error = OAuthError::kInvalidTarget});
  for (const std::string_view resource : wanted) {
    if (!is_registered(client, issuer, resource)) {
      return std::unexpected(ErrorReply{.error = OAuthError::kInvalidTarget});
    }
    const auto end = audience.values.begin() + static_cast<ptrdiff_t>(audience.count);
    if (std::find(audience.values.begin(), end, resource) == end) audience.values[audience.count++] = resource;
  }
  if (audience.count > 0) return audience;
  const size_t registered = std::min(client.audience_count(), kAudiencesMax);
  for (size_t i = 0; i < registered; ++i) audience.values[audience.count++] = client.audience(i);
  if (audience.count == 0) audience.values[audience.count++] = issuer;
  return audience;
}

std::expected<size_t, ErrorReply> TokenComposer::prepare(const IssueRequest& request) {
  const auto key = choose_key(request.tenant, request.client, request.audience);
  if (!key) return std::unexpected(no_key(request, key.error()));
  key_ = *key;
  if (!scope_.queue.has_room(*key_)) {
    return std::unexpected(unavailable());
  }
  client_ = &request.client;
  tenant_ = request.tenant.tenant;
  expires_in_s_ = effective_ttl_s(0, request.tenant, request.client, scope_.shared.settings.load());
  return compose(request, scope_.clock());
}

std::expected<size_t, ErrorReply> TokenComposer::compose(const IssueRequest& request, UnixMs now) {
  Jti jti;
  std::array<char, kCnfMemberMax> cnf;
  claims_size_ = compose_claims({.tenant = request.tenant,
                                 .client = request.client,
                                 .subject = request.subject.empty() ? request.client.client_id() : request.subject,
                                 .scope = request.scope,
                                 .audience = request.audience,
                                 .ttl_s = expires_in_s_,
                                 .family = request.family,
                                 .extra_members = cnf_member(request.cnf, cnf)},
                                now, jti, claims_);
  const size_t size = key_->encoded_header.size() + 1 + base64url_encoded_size(claims_size_) + 1 +
                      base64url_encoded_size(key_->signature_size);
  record_size_ = 0;
  if (scope_.shared.issuance != nullptr) {
    record_size_ = write_issuance_record({.time_ms = now,
                                          .tenant = request.tenant.name,
                                          .client_id = request.client.client_id(),
                                          .subject = request.subject,
                                          .jti = {jti.data(), jti.size()},
                                          .kid = key_->kid,
                                          .grant = request.grant,
                                          .endpoint = request.endpoint,
                                          .expires_at = now / 1000 + expires_in_s_,
                                          .scope = request.scope,
                                          .family = request.family},
                                         record_)
                       .size;
  }
  const bool no_record = scope_.shared.issuance != nullptr && record_size_ == 0;
  if (claims_size_ == 0 || size > kTokenSizeMax || no_record) {
    return std::unexpected(
        ErrorReply{.error = OAuthError::kServerError,
                   .description = "the token would be too large; ask for fewer scopes or resources"});
  }
  return size;
}

void TokenComposer::write(SigningJob& job, std::string_view prefix, std::string_view suffix) const {
  job.tenant = tenant_;
  job.key_revision = key_->revision;
  job.algorithm = key_->algorithm;
  job.cost_ns = signing_cost_ns(*key_);
  job.client_revision = client_->revision();
  const std::string_view client_id = client_->client_id();
  job.client_id_size = static_cast<uint8_t>(client_id.size());
  std::memcpy(job.client_id.data(), client_id.data(), client_id.size());

  const size_t input_max = key_->encoded_header.size() + 1 + base64url_encoded_size(claims_size_);
  const size_t signature_size = base64url_encoded_size(key_->signature_size);
  job.ensure(prefix.size() + input_max + 1 + signature_size + suffix.size() + record_size_);
  char* out = job.buffer.get();
  std::memcpy(out, prefix.data(), prefix.size());
  job.input_begin = prefix.size();
  job.input_size = write_signing_input(key_->encoded_header, as_bytes({claims_.data(), claims_size_}),
                                       {out + job.input_begin, input_max});
  size_t at = job.input_begin + job.input_size;
  out[at++] = '.';
  job.signature_at = at;
  at += signature_size;
  std::memcpy(out + at, suffix.data(), suffix.size());
  job.size = at + suffix.size();
  job.record_at = job.size;
  job.record_size = record_size_;
  job.token_hash_at = 0;
  std::memcpy(out + job.record_at, record_.data(), record_size_);
}

}  // namespace signet
