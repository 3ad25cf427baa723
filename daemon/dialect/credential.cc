#include "daemon/dialect/credential.h"

#include <algorithm>
#include <cstring>

#include "daemon/endpoint/credential_scheme.h"
#include "protocol/base/base64url.h"
#include "protocol/base/char_class.h"
#include "protocol/base/copy_text.h"
#include "protocol/base/utf8.h"
#include "protocol/oauth/percent_decode.h"

namespace signet {
namespace {

using Result = std::expected<PresentedCredential, CredentialError>;

Result missing() { return std::unexpected(CredentialError::kMissing); }
Result malformed() { return std::unexpected(CredentialError::kMalformed); }

bool plain_text(std::string_view text) {
  const auto control = [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; };
  return valid_utf8(text) && std::ranges::none_of(text, control);
}

// Sets what form-decoding makes of a pair, if that is something else and readable.
void decode_too(PresentedCredential& credential, std::span<char> scratch) {
  const auto encoded = [](std::string_view text) { return text.find_first_of("%+") != std::string_view::npos; };
  if (!encoded(credential.id) && !encoded(credential.secret)) return;
  copy_text(scratch.data(), credential.id);
  copy_text(scratch.data() + credential.id.size(), credential.secret);
  const auto id = percent_decode(scratch.first(credential.id.size()));
  const auto secret = percent_decode(scratch.subspan(credential.id.size(), credential.secret.size()));
  if (!id || !secret) return;
  credential.decoded_id = *id;
  credential.decoded_secret = *secret;
}

Result read_basic(const http::Request& request, CredentialScratch& scratch) {
  if (request.authorization.empty()) return missing();
  if (request.repeated_authorization) return malformed();
  const auto token = behind_scheme(request.authorization, "Basic");
  if (!token) return missing();  // a bearer token, say: not what is asked for here
  const std::span<char> all(scratch);
  const std::span<char> first = all.first(all.size() / 2);
  if (base64url_decoded_size_max(token->size()) > first.size()) return malformed();
  const auto size = base64_decode(*token, {reinterpret_cast<uint8_t*>(first.data()), first.size()});
  if (!size) return malformed();
  const std::string_view pair(first.data(), *size);
  const size_t colon = pair.find(':');  // the first one: passwords may hold more (RFC 7617 2)
  if (colon == std::string_view::npos || colon == 0 || !plain_text(pair)) return malformed();
  PresentedCredential credential{.id = pair.substr(0, colon), .secret = pair.substr(colon + 1)};
  decode_too(credential, all.subspan(first.size()));
  return credential;
}

std::string_view field_of(const http::Request& request, const DialectCredential& from, const DialectFieldName& name,
                          const DialectParameters& parameters) {
  switch (from.carrier) {
    case DialectCarrier::kForm:
      return parameters.form(name.front());
    case DialectCarrier::kQuery:
      return parameters.query(name.front());
    case DialectCarrier::kJson:
      return parameters.json(name);
    case DialectCarrier::kHeader:
      return request.header(name.front());
    case DialectCarrier::kBasic:
      break;
  }
  return {};
}

Result read_one(const http::Request& request, const DialectCredential& from, const DialectParameters& parameters,
                CredentialScratch& scratch) {
  if (from.carrier == DialectCarrier::kBasic) return read_basic(request, scratch);
  const auto value = [&](const DialectFieldName& name) -> std::optional<std::string_view> {
    const std::string_view text = field_of(request, from, name, parameters);
    return from.carrier == DialectCarrier::kHeader ? behind_scheme(text, from.scheme) : text;
  };
  PresentedCredential credential{.is_key = from.is_key()};
  if (from.is_key()) {
    const auto key = value(from.key);
    if (!key || key->empty()) return missing();
    if (!plain_text(*key)) return malformed();
    credential.key = *key;
    return credential;
  }
  const auto id = value(from.id);
  const auto secret = value(from.secret);
  const bool has_id = id && !id->empty();
  const bool has_secret = secret && !secret->empty();
  if (!has_id && !has_secret) return missing();
  if (!has_id || !has_secret || !plain_text(*id) || !plain_text(*secret)) return malformed();
  credential.id = *id;
  credential.secret = *secret;
  return credential;
}

// Takes the tenant off the ids. One whose separator is percent-encoded counts only decoded.
bool split_tenant(PresentedCredential& credential, char separator) {
  if (credential.id.find(separator) == std::string_view::npos && credential.decoded_id.data() != nullptr) {
    credential.id = credential.decoded_id;
    credential.secret = credential.decoded_secret;
    credential.decoded_id = credential.decoded_secret = {};
  }
  const size_t at = credential.id.rfind(separator);
  if (at == std::string_view::npos || at == 0 || at + 1 == credential.id.size()) return false;
  credential.tenant = credential.id.substr(at + 1);
  credential.id = credential.id.substr(0, at);
  if (credential.decoded_id.data() == nullptr) return true;
  const size_t decoded_at = credential.decoded_id.rfind(separator);
  if (decoded_at == std::string_view::npos || credential.decoded_id.substr(decoded_at + 1) != credential.tenant) {
    credential.decoded_id = credential.decoded_secret = {};  // would be another tenant's
  } else {
    credential.decoded_id = credential.decoded_id.substr(0, decoded_at);
  }
  return true;
}

bool within_limits(const PresentedCredential& credential) {
  return credential.key.size() <= kDialectSecretSizeMax && credential.id.size() <= kDialectIdSizeMax &&
         credential.secret.size() <= kDialectSecretSizeMax;
}

}  // namespace

std::expected<PresentedCredential, CredentialError> read_credential(const http::Request& request,
                                                                    const DialectEndpoint& endpoint,
                                                                    const DialectParameters& parameters,
                                                                    CredentialScratch& scratch) {
  for (const DialectCredential& from : endpoint.credentials) {
    auto read = read_one(request, from, parameters, scratch);
    if (!read && read.error() == CredentialError::kMissing) continue;
    if (read && from.tenant_after != '\0' && !split_tenant(*read, from.tenant_after)) return malformed();
    if (read && !within_limits(*read)) return malformed();
    return read;
  }
  return missing();
}

}  // namespace signet
