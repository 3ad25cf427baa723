// TemplateValues: what the templates of an answer with a token may say, gathered from the call. Only what the dialect
// uses is worked out.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "daemon/dialect/dialect_call.h"
#include "daemon/dialect/issuer.h"
#include "keystore/keys/key_set.h"
#include "protocol/dialect/dialect_claims.h"
#include "protocol/dialect/template.h"
#include "protocol/jwt/access_token.h"

namespace signet {

inline constexpr size_t kRequestNamesMax = 64;

// Views into the call and the snapshot: for the iteration. Does not move.
class TemplateValues {
 public:
  TemplateValues(const DialectCall& call, const DialectIssue& issue, const SigningKey& key, UnixMs now);
  TemplateValues(const TemplateValues&) = delete;
  TemplateValues& operator=(const TemplateValues&) = delete;

  const TemplateInput& input() const { return input_; }
  void set_token(std::string_view token) { input_.token = token; }
  void set_refresh_token(std::string_view token) { input_.refresh_token = token; }

 private:
  TemplateInput input_;
  std::array<char, kJtiSize> jti_;
  std::array<std::string_view, kRequestNamesMax> request_;
};

// PlainValues: what the templates of an answer without a token may say: who asks, and what the token says that they
// presented. Views into the call and the snapshot: for the iteration. Does not move.
class PlainValues {
 public:
  // Null where the endpoint does not ask for it.
  PlainValues(const DialectCall& call, const ClientRecord* client, const ApiToken* key, const DialectClaims* claims);
  PlainValues(const PlainValues&) = delete;
  PlainValues& operator=(const PlainValues&) = delete;

  const TemplateInput& input() const { return input_; }

 private:
  TemplateInput input_;
  std::array<std::string_view, kRequestNamesMax> request_;
};

// The tenant's name as the dialect's clients know it.
std::string_view tenant_label(const Dialect& dialect, const TenantKeys& tenant);

// A pseudonym of a client: 16 octets that stay the same for as long as its tenant's name and its id do.
std::array<uint8_t, 16> client_key_of(std::string_view tenant, std::string_view client_id);
// Likewise of a tenant.
std::array<uint8_t, 16> tenant_key_of(std::string_view tenant);

}  // namespace signet
