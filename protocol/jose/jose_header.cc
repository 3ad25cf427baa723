#include "protocol/jose/jose_header.h"

#include <optional>

#include "protocol/jose/jwk.h"
#include "protocol/jose/jws.h"
#include "protocol/json/reader.h"

namespace signet {
namespace {

// Members whose mere presence changes what the token means; by RFC 7515 4.1.11 an unknown extension that is critical
// refuses the token. Ignoring crit is CVE-2025-59420 and CVE-2026-32597.
std::optional<JoseHeaderError> refuse_extensions(const JsonValue& header) {
  for (const char* name : {"crit", "b64"})
    if (header.find(name) != nullptr) return JoseHeaderError::kCritical;
  for (const char* name : {"enc", "zip"})
    if (header.find(name) != nullptr) return JoseHeaderError::kEncrypted;
  return std::nullopt;
}

}  // namespace

std::expected<JoseHeader, JoseHeaderError> parse_jose_header(std::string_view json) {
  const auto value = read_json(json, {.size_max = kJwsSizeMax});
  if (!value || value->as_object() == nullptr) return std::unexpected(JoseHeaderError::kSyntax);
  if (const auto error = refuse_extensions(*value)) return std::unexpected(*error);

  const std::string* alg = value->find_string("alg");
  if (alg == nullptr) return std::unexpected(JoseHeaderError::kMissingAlgorithm);
  const auto algorithm = parse_jws_algorithm(*alg);
  if (!algorithm) return std::unexpected(JoseHeaderError::kUnknownAlgorithm);
  JoseHeader header{*algorithm, {}, {}};

  if (value->find("typ") != nullptr) {
    const std::string* typ = value->find_string("typ");
    if (typ == nullptr || typ->empty()) return std::unexpected(JoseHeaderError::kBadType);
    header.typ = *typ;
  }
  if (value->find("kid") != nullptr) {
    const std::string* kid = value->find_string("kid");
    if (kid == nullptr || !valid_kid(*kid)) return std::unexpected(JoseHeaderError::kBadKid);
    header.kid = *kid;
  }
  return header;
}

std::string_view jose_header_error_text(JoseHeaderError error) {
  switch (error) {
    case JoseHeaderError::kSyntax:
      return "header is not one strict JSON object";
    case JoseHeaderError::kMissingAlgorithm:
      return "header has no alg";
    case JoseHeaderError::kUnknownAlgorithm:
      return "alg is not supported";
    case JoseHeaderError::kCritical:
      return "header has crit or b64";
    case JoseHeaderError::kEncrypted:
      return "header has enc or zip";
    case JoseHeaderError::kBadType:
      return "typ is not a string";
    case JoseHeaderError::kBadKid:
      return "kid is not 1-64 of A-Za-z0-9_-";
  }
  return "";
}

}  // namespace signet
