// Dialect: one foreign system's token endpoints, compiled from its file with the switches as they were set.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/dialect/dialect_condition.h"
#include "protocol/dialect/dialect_method.h"
#include "protocol/dialect/dialect_path.h"
#include "protocol/dialect/template.h"
#include "protocol/jose/algorithm.h"

namespace signet {

struct DialectSwitch {
  std::string name;
  bool on = false;
};

// What a claim that names the holder says, in the order of preference.
enum class DialectIdentity : uint8_t { kKeyId, kClientId, kSubject };

// How a claim writes it. kHex and kUuid are of octets (key_id, jti).
enum class DialectClaimForm : uint8_t { kPlain, kBase64, kBase64Url, kHex, kUuid };

// How a verifier finds its way in the claims. Names are of top-level members.
struct DialectClaimNames {
  std::string identity;
  DialectIdentity identity_kind = DialectIdentity::kClientId;
  DialectClaimForm identity_form = DialectClaimForm::kPlain;
  std::string expires_at;
  std::string issued_at;  // empty = none: issued is expiry less the lifetime
  std::string jti;        // empty = none: such tokens are revoked by the hash of the whole token
  DialectClaimForm jti_form = DialectClaimForm::kPlain;
  std::string session;  // begins with session_key; empty = none does
  DialectClaimForm session_form = DialectClaimForm::kUuid;
  std::string tenant;  // ends with tenant_key; empty = none does
  DialectClaimForm tenant_form = DialectClaimForm::kUuid;
};

struct DialectToken {
  JwsAlgorithm alg{};
  Template header;             // JSON; render_dialect_header makes the first segment of it
  std::string encoded_header;  // base64url of it; empty when it holds a kid and so differs by key
  Template claims;             // JSON object
  uint32_t lifetime_s = 0;     // 1 .. kAccessTokenLifetimeMaxS
  DialectClaimNames names;
};

struct DialectBearerHeader {
  std::string name;    // as written; compared without case
  std::string scheme;  // before the token, with a space between; empty = the raw token
};

// How a token of the dialect is presented.
struct DialectBearer {
  std::vector<DialectBearerHeader> headers;  // tried in this order; empty only with query
  bool scheme_case_sensitive = false;
  std::string query;  // name of a parameter, after the headers; empty = none
};

struct DialectHeader {
  std::string name;
  Template value;  // never empty; rendered text is visible ASCII and spaces
};

// An answer as it is sent: headers of the dialect, of switches and of the row are all in it, by name once.
struct DialectAnswer {
  int status = 200;
  std::string content_type;
  std::vector<DialectHeader> headers;  // never Content-Type, Content-Length, Date, Allow, Retry-After or hop-by-hop
  Template body;                       // empty for 204
};

// Everything but path.NAME is rendered already: body.is_literal() for most.
struct DialectErrorAnswer : DialectAnswer {
  std::string error;  // the code, for counters and logs
  std::string error_description;
};

enum class DialectCarrier : uint8_t { kBasic, kForm, kJson, kQuery, kHeader };

// The name of a field in its carrier: one element, for JSON the members on the way to it.
using DialectFieldName = std::vector<std::string>;

// Where a credential stands. Either `key` (one value that is all) or `id` and `secret` are set; for kBasic neither.
struct DialectCredential {
  DialectCarrier carrier{};
  DialectFieldName key, id, secret;
  std::string scheme;  // kHeader: what stands before the value and a space, compared without case; empty = nothing
  char tenant_after = '\0';  // the id ends with this and the name of the tenant; NUL = it is the client's alone

  bool is_key() const { return !key.empty(); }
};

enum class DialectBody : uint8_t { kIgnored, kForm, kJson, kFormOrJson };

// Handlers that every daemon has; those that it gives besides follow from kHandlerFirstGiven, in the order given.
inline constexpr size_t kHandlerIssue = 0;   // checks the credential, answers `success` with a token
inline constexpr size_t kHandlerAnswer = 1;  // the same without a token; without credential and guard, a fixed answer
inline constexpr size_t kHandlerFirstGiven = 2;

struct DialectEndpoint {
  std::string name;
  std::vector<DialectPath> paths;
  DialectMethods methods;
  std::string handler;
  size_t handler_index = kHandlerIssue;
  bool trailing_slash = false;
  bool double_slashes = false;
  DialectBody body = DialectBody::kIgnored;
  bool query_as_form = false;
  bool guarded = false;
  bool tenant_from_token = false;         // guarded: the token says whose endpoint it is, and the path does not
  bool credential_before_method = false;  // a wrong method is answered so only to who has a good credential
  std::vector<DialectCredential> credentials;
  std::optional<DialectAnswer> success;                   // always there for kHandlerIssue and kHandlerAnswer
  std::optional<DialectAnswer> success_with_refresh;      // where a handler gives a refresh token besides
  std::array<uint16_t, kDialectConditionCount> errors{};  // into Dialect::error_answers
};

// Immutable after reading; any thread. Routers point into it: it must not move while one does.
struct Dialect {
  std::string name;
  std::string title;
  std::vector<DialectSwitch> switches;  // as in force
  std::optional<DialectToken> token;
  DialectBearer bearer;
  std::vector<DialectEndpoint> endpoints;         // without those that a switch turns off
  std::vector<std::string> default_tenant_names;  // by which requests may name the tenant `default`, without case
  std::vector<std::string> accept_versions;       // what `version` in Accept may be; empty = it is not looked at
  bool revoke_on_reuse = true;                    // a rotated refresh token that comes again ends its family
  std::vector<std::string> capture_names;         // of all paths
  std::vector<std::string> request_names;         // of all request.NAME in templates
  std::vector<DialectErrorAnswer> error_answers;
  std::array<uint16_t, kDialectConditionCount> errors{};  // where no endpoint is concerned: /verify?dialect=

  const DialectErrorAnswer& error(DialectCondition condition) const {
    return error_answers[errors[static_cast<size_t>(condition)]];
  }
  const DialectErrorAnswer& error(const DialectEndpoint& endpoint, DialectCondition condition) const {
    return error_answers[endpoint.errors[static_cast<size_t>(condition)]];
  }
};

}  // namespace signet
