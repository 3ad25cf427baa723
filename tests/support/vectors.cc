#include "tests/support/vectors.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "protocol/base/base64url.h"
#include "protocol/base/check.h"
#include "protocol/json/reader.h"
#include "protocol/json/writer.h"

namespace signet::testing_support {
namespace {

std::string text_member(const JsonValue& value, std::string_view name) {
  const std::string* text = value.find_string(name);
  return text == nullptr ? std::string() : *text;
}

std::vector<uint8_t> octets_member(const JsonValue& value, std::string_view name) {
  const std::string octets = decoded(text_member(value, name));
  return {octets.begin(), octets.end()};
}

std::array<uint8_t, 32> array_member(const JsonValue& value, std::string_view name) {
  const auto octets = octets_member(value, name);
  std::array<uint8_t, 32> out{};
  SIGNET_CHECK(octets.size() == out.size());
  std::copy(octets.begin(), octets.end(), out.begin());
  return out;
}

}  // namespace

JsonValue read_vector_file(std::string_view name) {
  const char* folder = std::getenv("SIGNET_TEST_VECTORS");
  std::ifstream file(std::string(folder ? folder : "tests/vectors") + "/" + std::string(name));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto value = read_json(text);
  if (!value) std::fprintf(stderr, "%.*s: %s\n", int(name.size()), name.data(), describe(value.error()).c_str());
  SIGNET_CHECK(value.has_value());
  SIGNET_CHECK(value->find_string("source") != nullptr);  // data without provenance is no vector
  return std::move(*value);
}

std::vector<JwsVector> jws_vectors(const JsonValue& file, std::string_view list) {
  const JsonValue* entries = file.find(list);
  SIGNET_CHECK(entries != nullptr && entries->as_array() != nullptr && !entries->as_array()->empty());
  std::vector<JwsVector> vectors;
  for (const JsonValue& entry : *entries->as_array()) {
    std::string name = text_member(entry, "section") + text_member(entry, "why");
    vectors.push_back({name, text_member(entry, "alg"), text_member(entry, "token"), entry.find("key")});
  }
  return vectors;
}

std::string jwk_text(const JsonValue& key, std::string_view alg) {
  std::array<char, 4096> buffer;
  JsonWriter json(buffer);
  json.begin_object();
  for (const JsonMember& member : *key.as_object()) {
    json.key_text(member.name);
    json.string(*member.value.as_string());
  }
  json.member("alg", alg);
  json.member("kid", "vector");
  json.end_object();
  return std::string(json.text());
}

Jwk unchecked_jwk(const JsonValue& key, std::string_view alg) {
  Jwk jwk{parse_jws_algorithm(alg).value(), "vector", {}};
  const std::string kty = text_member(key, "kty");
  if (kty == "OKP") jwk.key = OkpPublicKey{array_member(key, "x")};
  if (kty == "EC") jwk.key = EcPublicKey{array_member(key, "x"), array_member(key, "y")};
  if (kty == "RSA") jwk.key = RsaPublicKey{octets_member(key, "n"), octets_member(key, "e")};
  return jwk;
}

HmacKey hmac_key(const JsonValue& key, std::string_view alg) {
  const std::string secret = decoded(text_member(key, "k"));
  return std::move(HmacKey::make(parse_jws_algorithm(alg).value(), "", as_bytes(secret)).value());
}

std::string decoded(std::string_view base64url) {
  std::string out(base64url_decoded_size_max(base64url.size()), '\0');
  SIGNET_CHECK(base64url_decode(base64url, {reinterpret_cast<uint8_t*>(out.data()), out.size()}));
  return out;
}

std::string encoded(std::string_view octets) { return base64url_text(as_bytes(octets)); }

}  // namespace signet::testing_support
