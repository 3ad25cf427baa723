#include "tools/ctl/key_material.h"

#include <fmt/format.h>

#include "protocol/base/base64url.h"
#include "protocol/json/value.h"
#include "tools/ctl/der.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

constexpr std::string_view kBegin = "-----BEGIN PRIVATE KEY-----";
constexpr std::string_view kEnd = "-----END PRIVATE KEY-----";

// PrivateKeyInfo (RFC 5958): version 0, algorithm, key.
Octets pkcs8(const Octets& algorithm, const Octets& key) {
  return tlv(0x30, joined({{0x02, 0x01, 0x00}, tlv(0x30, algorithm), tlv(0x04, key)}));
}

// --- JWK ---

std::optional<Octets> octets_of(const JsonValue& jwk, std::string_view name) {
  const std::string* text = jwk.find_string(name);
  if (text == nullptr) return std::nullopt;
  Octets octets(base64url_decoded_size_max(text->size()));
  const auto size = base64url_decode(*text, octets);
  if (!size) return std::nullopt;
  octets.resize(*size);
  return octets;
}

std::optional<Octets> okp_key(const JsonValue& jwk) {
  const auto seed = octets_of(jwk, "d");
  if (!seed || seed->size() != 32) return std::nullopt;
  return pkcs8(kDerEd25519, tlv(0x04, *seed));  // RFC 8410
}

std::optional<Octets> ec_key(const JsonValue& jwk) {
  const auto d = octets_of(jwk, "d"), x = octets_of(jwk, "x"), y = octets_of(jwk, "y");
  if (!d || !x || !y || d->size() != 32 || x->size() != 32 || y->size() != 32) return std::nullopt;
  const Octets point = joined({{0x00, 0x04}, *x, *y});
  const Octets key = tlv(0x30, joined({{0x02, 0x01, 0x01}, tlv(0x04, *d), tlv(0xa1, tlv(0x03, point))}));  // RFC 5915
  return pkcs8(kDerP256, key);
}

std::optional<Octets> rsa_key(const JsonValue& jwk) {
  Octets numbers{0x02, 0x01, 0x00};  // RFC 8017 A.1.2
  for (const std::string_view name : {"n", "e", "d", "p", "q", "dp", "dq", "qi"}) {
    const auto number = octets_of(jwk, name);
    if (!number) return std::nullopt;
    numbers = joined({numbers, der_integer(*number)});
  }
  return pkcs8(kDerRsa, tlv(0x30, numbers));
}

std::expected<KeyMaterial, std::string> read_jwk(std::string_view text) {
  const auto jwk = read_answer(text);
  if (!jwk || jwk->as_object() == nullptr) return std::unexpected("this is no JSON object");
  if (jwk->find("keys") != nullptr) return std::unexpected("this is a set of keys: take the one out that is meant");
  const std::string kty = text_of(*jwk, "kty"), crv = text_of(*jwk, "crv");
  std::optional<Octets> key;
  if (kty == "oct") {
    key = octets_of(*jwk, "k");
  } else if (kty == "OKP" && crv == "Ed25519") {
    key = okp_key(*jwk);
  } else if (kty == "EC" && crv == "P-256") {
    key = ec_key(*jwk);
  } else if (kty == "RSA") {
    key = rsa_key(*jwk);
  } else {
    return std::unexpected(
        fmt::format("a JWK of kty \"{}\"{} is of no use here: expected oct, OKP with Ed25519, EC with "
                    "P-256, or RSA",
                    kty, crv.empty() ? "" : " and crv \"" + crv + "\""));
  }
  if (!key) return std::unexpected("the JWK is a public key, or a member of its private half is missing or malformed");
  KeyMaterial material{.octets = SecretBytes::copy_of(*key), .alg = std::nullopt};
  if (const std::string* alg = jwk->find_string("alg")) material.alg = *alg;
  wipe(*key);
  return material;
}

std::expected<KeyMaterial, std::string> read_pem(std::string_view text) {
  const size_t begin = text.find(kBegin);
  if (begin == std::string_view::npos) {
    if (text.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != std::string_view::npos) {
      return std::unexpected("the key is encrypted: openssl pkcs8 -in FILE -out PLAIN makes one that is not");
    }
    return std::unexpected(
        "expected PEM of PKCS#8 or a JWK: openssl pkcs8 -topk8 -nocrypt -in FILE makes one of others");
  }
  const size_t end = text.find(kEnd, begin);
  if (end == std::string_view::npos) return std::unexpected("the PEM has no end");
  if (text.find(kBegin, end) != std::string_view::npos)
    return std::unexpected("there is more than one key in the file");
  std::string base64;
  for (const char c : text.substr(begin + kBegin.size(), end - begin - kBegin.size())) {
    if (c != '\n' && c != '\r' && c != ' ') base64 += c;
  }
  SecretBytes octets(base64.size());
  const auto size = base64_decode(base64, octets.expose_mutable());
  wipe_text(base64);
  if (!size || *size == 0) return std::unexpected("what the PEM holds is not base64");
  return KeyMaterial{.octets = SecretBytes::copy_of(octets.expose().first(*size)), .alg = std::nullopt};
}

}  // namespace

std::expected<KeyMaterial, std::string> read_key_material(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return std::unexpected("the file is empty");
  return text[first] == '{' ? read_jwk(text.substr(first)) : read_pem(text);
}

}  // namespace signet::ctl
