// RFC 7638: the SHA-256 of the required members of a key alone, in lexicographic order and without white space.
#include <array>

#include "protocol/base/base64url.h"
#include "protocol/base/check.h"
#include "protocol/base/digest.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jwk_members.h"
#include "protocol/json/writer.h"

namespace signet {
namespace {

void write_required_members(JsonWriter& json, const OkpPublicKey& key) {  // RFC 8037 section 2
  json.member("crv", "Ed25519");
  json.member("kty", "OKP");
  write_base64url_member(json, "x", key.x);
}

void write_required_members(JsonWriter& json, const EcPublicKey& key) {  // RFC 7638 section 3.2
  json.member("crv", "P-256");
  json.member("kty", "EC");
  write_base64url_member(json, "x", key.x);
  write_base64url_member(json, "y", key.y);
}

void write_required_members(JsonWriter& json, const RsaPublicKey& key) {
  write_base64url_member(json, "e", key.e);
  json.member("kty", "RSA");
  write_base64url_member(json, "n", key.n);
}

}  // namespace

std::string jwk_thumbprint(const Jwk& jwk) {
  std::array<char, kJwkJsonSizeMax> buffer;
  JsonWriter json(buffer);
  json.begin_object();
  std::visit([&json](const auto& key) { write_required_members(json, key); }, jwk.key);
  json.end_object();
  SIGNET_CHECK(!json.overflowed());
  const Sha256Digest digest = sha256(as_bytes(json.text()));
  return base64url_text(digest);
}

}  // namespace signet
