#include "protocol/oauth/issuance_record.h"

#include <array>
#include <cstring>

#include "protocol/base/base64url.h"
#include "protocol/base/digest.h"
#include "protocol/json/writer.h"

namespace signet {
namespace {

constexpr std::string_view kHole = "AAAAAAAAAAAAAAAAAAAAAA";
static_assert(kHole.size() == kTokenHashSize);

}  // namespace

IssuanceRecordText write_issuance_record(const IssuanceRecord& record, std::span<char> out) {
  JsonWriter json(out);
  IssuanceRecordText text;
  json.begin_object();
  json.member_integer("time_ms", record.time_ms);
  json.member("tenant", record.tenant);
  json.member("client_id", record.client_id);
  if (!record.subject.empty() && record.subject != record.client_id) json.member("sub", record.subject);
  if (!record.jti.empty()) {
    json.member("jti", record.jti);
  } else {
    json.member("token_hash", kHole);
    text.token_hash_at = json.size() - 1 - kHole.size();  // before the closing quote
  }
  json.member("kid", record.kid);
  if (!record.grant.empty()) json.member("grant", record.grant);
  json.member("endpoint", record.endpoint);
  json.member_integer("exp", record.expires_at);
  json.member("scope", record.scope);
  if (!record.family.empty()) json.member("sid", record.family);
  json.end_object();
  text.size = json.size();
  return text;
}

void write_token_hash(std::string_view token, char* out) {
  const Sha256Digest digest = sha256(as_bytes(token));
  std::array<char, base64url_encoded_size(sizeof digest)> text;
  base64url_encode(digest, text.data());
  std::memcpy(out, text.data(), kTokenHashSize);
}

}  // namespace signet
