// Vector files of tests/vectors and the keys inside them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/jose/hmac_key.h"
#include "protocol/jose/jwk.h"
#include "protocol/json/value.h"

namespace signet::testing_support {

// The parsed file `name`, e.g. "rfc7515.json". A missing or malformed file aborts with a message.
JsonValue read_vector_file(std::string_view name);

// An entry of a file's list: a token, its algorithm and the published key.
struct JwsVector {
  std::string name;  // the section or the reason
  std::string alg;
  std::string token;
  const JsonValue* key;  // borrowed from the file; null when it has none
};
std::vector<JwsVector> jws_vectors(const JsonValue& file, std::string_view list);

// The published public key with `alg` and kid "vector" put in, as text for parse_jwk.
std::string jwk_text(const JsonValue& key, std::string_view alg);
// The same as a key, without the checks of parse_jwk, so that the verifier meets weak ones too.
Jwk unchecked_jwk(const JsonValue& key, std::string_view alg);
// A published symmetric key.
HmacKey hmac_key(const JsonValue& key, std::string_view alg);

std::string decoded(std::string_view base64url);
std::string encoded(std::string_view octets);

}  // namespace signet::testing_support
