#include "protocol/jose/jws_verify.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/expected.h"
#include "tests/support/vectors.h"

namespace signet {
namespace {

using namespace testing_support;
using Error = JwsVerifyError;

// The answer for a token under a published key, whichever its kind.
std::expected<VerifiedJws, Error> verified(std::string_view token, const JsonValue& key, std::string_view alg) {
  const auto jws = split_compact_jws(token);
  if (!jws) return std::unexpected(Error::kBadEncoding);
  if (*key.find_string("kty") == "oct") return verify_compact_jws(*jws, hmac_key(key, alg));
  return verify_compact_jws(*jws, unchecked_jwk(key, alg));
}

struct Parts {
  std::string header, payload, signature;
};

Parts parts_of(std::string_view token) {
  const auto jws = split_compact_jws(token).value();
  return {std::string(jws.header()), std::string(jws.payload()), std::string(jws.signature())};
}

std::string joined(const Parts& parts) { return parts.header + '.' + parts.payload + '.' + parts.signature; }

class JwsVerify : public testing::Test {
 protected:
  // The generated token and key of one algorithm.
  const JwsVector& of(std::string_view alg) const {
    for (const JwsVector& vector : vectors_)
      if (vector.alg == alg) return vector;
    std::abort();
  }

  JsonValue file_ = read_vector_file("all_algorithms.json");
  std::vector<JwsVector> vectors_ = jws_vectors(file_, "jws");
};

TEST(JwsVerifyVectors, ThePublishedExamplesVerify) {  // RFC 7515 A.1 to A.3, RFC 7520 4.4, RFC 8037 A.4
  for (const char* name : {"rfc7515.json", "rfc7520.json", "rfc8037.json"}) {
    const JsonValue file = read_vector_file(name);
    for (const JwsVector& vector : jws_vectors(file, "jws")) {
      const auto answer = verified(vector.token, *vector.key, vector.alg);
      ASSERT_TRUE(answer) << name << ' ' << vector.name << ": " << jws_verify_error_text(answer.error());
      EXPECT_EQ(answer->payload(), decoded(parts_of(vector.token).payload));
      EXPECT_EQ(jws_algorithm_name(answer->header().algorithm), vector.alg);
    }
  }
}

TEST(JwsVerifyVectors, TheCookbookSignatureHoldsButItsKidIsRefused) {  // RFC 7520 section 4.1
  const JsonValue file = read_vector_file("rfc7520.json");
  for (const JwsVector& vector : jws_vectors(file, "signature_only")) {
    const auto jws = split_compact_jws(vector.token).value();
    const Jwk key = unchecked_jwk(*vector.key, vector.alg);
    EXPECT_TRUE(verify_jws_signature(key, as_bytes(jws.signing_input()), as_bytes(decoded(jws.signature()))));
    EXPECT_EQ(error_of(verify_compact_jws(jws, key)), Error::kBadHeader);
  }
}

TEST(JwsVerifyVectors, TheUnsecuredAndTheUnsupportedExamplesAreRefused) {  // RFC 7515 A.4 and A.5
  const JsonValue file = read_vector_file("rfc7515.json");
  const Jwk key = unchecked_jwk(*jws_vectors(file, "jws")[2].key, "ES256");
  for (const JwsVector& vector : jws_vectors(file, "refused")) {
    const auto jws = split_compact_jws(vector.token);
    if (vector.alg == "none") {
      EXPECT_EQ(error_of(jws), CompactJwsError::kMissingSignature);
    } else {
      EXPECT_EQ(error_of(verify_compact_jws(*jws, key)), Error::kBadHeader);
    }
  }
}

// RFC 8725 section 3.1; CVE-2015-9235, CVE-2022-29217: a token verifies under the key of its own algorithm alone, even
// where two algorithms share the kind of key or the very same key.
TEST_F(JwsVerify, MatrixOfAlgorithmsAgainstKeys) {
  ASSERT_EQ(vectors_.size(), kAllJwsAlgorithms.size());
  for (const JwsVector& token : vectors_) {
    for (const JwsVector& key : vectors_) {
      const auto answer = verified(token.token, *key.key, key.alg);
      if (token.alg == key.alg) {
        EXPECT_TRUE(answer) << token.alg << jws_verify_error_text(answer.error());
      } else {
        ASSERT_FALSE(answer) << token.alg << " under " << key.alg;
        EXPECT_EQ(error_of(answer), Error::kAlgorithmMismatch);
      }
    }
  }
}

// The same confusion from the other side: the header lies so that it agrees with the key.
TEST_F(JwsVerify, AHeaderRewrittenToTheKeysAlgorithmDoesNotHelp) {
  for (const JwsVector& token : vectors_) {
    for (const JwsVector& key : vectors_) {
      if (token.alg == key.alg) continue;
      Parts parts = parts_of(token.token);
      parts.header = encoded("{\"alg\":\"" + key.alg + "\"}");
      EXPECT_FALSE(verified(joined(parts), *key.key, key.alg)) << token.alg << " as " << key.alg;
    }
  }
}

// A key whose kind is not its algorithm's can only come from a bug; it still verifies nothing.
TEST_F(JwsVerify, AKeyOfTheWrongKindIsUnusable) {
  for (const JwsVector& token : vectors_) {
    for (const JwsVector& key : vectors_) {
      const std::string kty = *key.key->find_string("kty");
      if (kty == "oct" || kty == *of(token.alg).key->find_string("kty")) continue;
      const auto answer = verify_compact_jws(*split_compact_jws(token.token), unchecked_jwk(*key.key, token.alg));
      EXPECT_EQ(error_of(answer), Error::kUnusableKey) << token.alg << " with " << kty;
    }
  }
}

TEST_F(JwsVerify, DeviantSignaturesAreRefused) {
  for (const JwsVector& vector : jws_vectors(file_, "refused"))
    EXPECT_FALSE(verified(vector.token, *vector.key, vector.alg)) << vector.name;
}

TEST_F(JwsVerify, WeakKeysVerifyNothingAndAreRefusedAtImport) {
  for (const JwsVector& vector : jws_vectors(file_, "weak_keys")) {
    EXPECT_FALSE(verified(vector.token, *vector.key, vector.alg)) << vector.name;
    EXPECT_FALSE(public_key_usable(unchecked_jwk(*vector.key, vector.alg))) << vector.name;
    EXPECT_EQ(error_of(parse_jwk(jwk_text(*vector.key, vector.alg))), JwkError::kUnsound) << vector.name;
  }
}

TEST_F(JwsVerify, OneChangedBitAnywhereIsRefused) {
  for (const char* alg : {"EdDSA", "ES256", "HS256", "RS256"}) {
    const JwsVector& vector = of(alg);
    const size_t step = std::string_view(alg) == "RS256" ? 7 : 1;  // enough places of the longest one
    for (size_t place = 0; place < vector.token.size(); place += step) {
      for (int bit = 0; bit < 8; bit += 3) {
        std::string token = vector.token;
        token[place] = static_cast<char>(token[place] ^ (1 << bit));
        ASSERT_FALSE(verified(token, *vector.key, alg)) << alg << " at " << place;
      }
    }
  }
}

TEST_F(JwsVerify, EverySignatureSizeButTheExactOneIsRefusedBeforeAnyArithmetic) {
  for (const JwsVector& vector : vectors_) {
    const Parts parts = parts_of(vector.token);
    const std::string signature = decoded(parts.signature);
    for (size_t size = 1; size <= signature.size() + 70; ++size) {
      if (size == signature.size()) continue;
      std::string other = signature;
      other.resize(size, '\0');
      const auto answer = verified(joined({parts.header, parts.payload, encoded(other)}), *vector.key, vector.alg);
      ASSERT_EQ(error_of(answer), Error::kBadSignatureSize) << vector.alg << ' ' << size;
    }
    // Leading zeros would be the same number to a careless conversion.
    const std::string padded = std::string(2, '\0') + signature;
    EXPECT_FALSE(verified(joined({parts.header, parts.payload, encoded(padded)}), *vector.key, vector.alg));
  }
}

// CVE-2022-21449 ("psychic signatures"): 0 and n are out of range for r and s, whatever the message.
TEST_F(JwsVerify, EcdsaNumbersOutOfRangeAreRefused) {
  const JwsVector& vector = of("ES256");
  const Parts parts = parts_of(vector.token);
  const std::string good = decoded(parts.signature);
  const std::string order =
      decoded("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE");  // n of P-256, RFC 7518 section 6.2.1.1's curve
  ASSERT_EQ(order.size(), 32u);
  std::string above = order;
  above[31] = static_cast<char>(above[31] + 1);
  const std::vector<std::string> bad = {std::string(32, '\0'), order, above, std::string(32, '\xFF')};
  std::vector<std::string> signatures;
  for (const std::string& number : bad) {
    signatures.push_back(number + good.substr(32));
    signatures.push_back(good.substr(0, 32) + number);
    for (const std::string& other : bad) signatures.push_back(number + other);
  }
  for (const std::string& signature : signatures) {
    const auto answer = verified(joined({parts.header, parts.payload, encoded(signature)}), *vector.key, "ES256");
    EXPECT_EQ(error_of(answer), Error::kBadSignature);
  }
}

// RFC 8032 section 5.1.7: S + L is the same number modulo L; taking it would give each token a second spelling.
TEST_F(JwsVerify, Ed25519SAboveTheOrderIsRefused) {
  static constexpr uint8_t kOrder[32] = {0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7,
                                         0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0,    0,    0,    0,    0,    0,
                                         0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  const JwsVector& vector = of("EdDSA");
  Parts parts = parts_of(vector.token);
  std::string signature = decoded(parts.signature);
  unsigned carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += static_cast<uint8_t>(signature[32 + i]) + kOrder[i];
    signature[32 + i] = static_cast<char>(carry & 0xFF);
    carry >>= 8;
  }
  parts.signature = encoded(signature);
  EXPECT_EQ(error_of(verified(joined(parts), *vector.key, "EdDSA")), Error::kBadSignature);
}

// CVE-2015-9235: HMAC keyed with the text of the public key. There is no call that takes both types.
static_assert(!std::is_convertible_v<Jwk, HmacKey> && !std::is_convertible_v<HmacKey, Jwk>);

TEST_F(JwsVerify, AnotherKidInTheHeaderIsRefused) {
  Jwk key = unchecked_jwk(*of("EdDSA").key, "EdDSA");
  key.kid = "another";
  EXPECT_EQ(error_of(verify_compact_jws(*split_compact_jws(of("EdDSA").token), key)), Error::kKidMismatch);
}

TEST_F(JwsVerify, SegmentsThatAreNotStrictBase64UrlAreRefused) {
  const JwsVector& vector = of("HS256");
  const Parts parts = parts_of(vector.token);
  for (const char* tail : {"=", "\n", " ", "+", "A"}) {
    EXPECT_FALSE(verified(joined({parts.header + tail, parts.payload, parts.signature}), *vector.key, "HS256"));
    EXPECT_FALSE(verified(joined({parts.header, parts.payload + tail, parts.signature}), *vector.key, "HS256"));
    EXPECT_FALSE(verified(joined({parts.header, parts.payload, parts.signature + tail}), *vector.key, "HS256"));
  }
  // The unused bits of the last character: the same octets in another spelling.
  std::string other = vector.token;
  other.back() = static_cast<char>(other.back() + 1);
  EXPECT_FALSE(verified(other, *vector.key, "HS256"));
}

TEST_F(JwsVerify, EveryTruncationIsRefused) {
  for (const char* alg : {"EdDSA", "HS256"}) {
    const JwsVector& vector = of(alg);
    for (size_t size = 0; size < vector.token.size(); ++size)
      ASSERT_FALSE(verified(vector.token.substr(0, size), *vector.key, alg));
  }
}

}  // namespace
}  // namespace signet
