#include "keystore/pkcs11/key_templates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "protocol/base/random.h"

namespace signet {
namespace {

using Kind = Pkcs11Failure::Kind;

// Curves as CKA_EC_PARAMS: object identifiers, and the name that older tokens want for Ed25519 (PKCS#11 3.0, 2.3.7).
constexpr uint8_t kP256Oid[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr uint8_t kEd25519Oid[] = {0x06, 0x03, 0x2b, 0x65, 0x70};
constexpr uint8_t kEd25519Name[] = {0x13, 0x0c, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1', '9'};

bool equal(ByteSpan a, ByteSpan b) { return std::ranges::equal(a, b); }

CK_MECHANISM_TYPE generation_mechanism(JwsAlgorithm algorithm) {
  if (is_rsa(algorithm)) return CKM_RSA_PKCS_KEY_PAIR_GEN;
  return algorithm == JwsAlgorithm::kES256 ? CKM_EC_KEY_PAIR_GEN : CKM_EC_EDWARDS_KEY_PAIR_GEN;
}

// What a template points to. One key at a time; the values outlive the call.
struct TemplateValues {
  CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
  CK_ULONG bits = 0;
  std::array<uint8_t, 3> exponent{1, 0, 1};
  std::vector<uint8_t> curve;
  std::array<uint8_t, 16> id{};
  std::string label = "signet, being made";
};

template <typename T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, &value, sizeof value};
}

template <typename T>
CK_ATTRIBUTE octets_attribute(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, value.data(), value.size()};
}

CK_RV generate(Pkcs11Session& session, JwsAlgorithm algorithm, TemplateValues& values, MadePair& made) {
  std::vector<CK_ATTRIBUTE> of_public{attribute(CKA_TOKEN, values.yes), attribute(CKA_VERIFY, values.yes),
                                      octets_attribute(CKA_ID, values.id), octets_attribute(CKA_LABEL, values.label)};
  if (is_rsa(algorithm)) {
    of_public.push_back(attribute(CKA_MODULUS_BITS, values.bits));
    of_public.push_back(octets_attribute(CKA_PUBLIC_EXPONENT, values.exponent));
  } else {
    of_public.push_back(octets_attribute(CKA_EC_PARAMS, values.curve));
  }
  std::vector<CK_ATTRIBUTE> of_private{attribute(CKA_TOKEN, values.yes),     attribute(CKA_PRIVATE, values.yes),
                                       attribute(CKA_SENSITIVE, values.yes), attribute(CKA_EXTRACTABLE, values.no),
                                       attribute(CKA_SIGN, values.yes),      attribute(CKA_DECRYPT, values.no),
                                       attribute(CKA_UNWRAP, values.no),     attribute(CKA_DERIVE, values.no),
                                       octets_attribute(CKA_ID, values.id),  octets_attribute(CKA_LABEL, values.label)};
  CK_MECHANISM mechanism{generation_mechanism(algorithm), nullptr, 0};
  return session.functions().C_GenerateKeyPair(session.handle(), &mechanism, of_public.data(), of_public.size(),
                                               of_private.data(), of_private.size(), &made.public_key,
                                               &made.private_key);
}

}  // namespace

CK_KEY_TYPE key_type_of(JwsAlgorithm algorithm) {
  if (is_rsa(algorithm)) return CKK_RSA;
  return algorithm == JwsAlgorithm::kES256 ? CKK_EC : CKK_EC_EDWARDS;
}

bool names_curve(JwsAlgorithm algorithm, ByteSpan parameters) {
  if (algorithm == JwsAlgorithm::kES256) return equal(parameters, kP256Oid);
  return equal(parameters, kEd25519Oid) || equal(parameters, kEd25519Name);
}

Pkcs11Result<MadePair> generate_pair(Pkcs11Session& session, JwsAlgorithm algorithm, int rsa_bits) {
  if (is_symmetric(algorithm)) {
    return std::unexpected(Pkcs11Failure{Kind::kRefused, "an HMAC key has to reach its resource server"});
  }
  TemplateValues values;
  values.bits = static_cast<CK_ULONG>(rsa_bits);
  const ByteSpan curve = algorithm == JwsAlgorithm::kES256 ? ByteSpan(kP256Oid) : ByteSpan(kEd25519Oid);
  values.curve.assign(curve.begin(), curve.end());
  fill_random(values.id);
  MadePair made;
  CK_RV code = generate(session, algorithm, values, made);
  const bool other_spelling =
      code != CKR_OK && code != CKR_MECHANISM_INVALID && key_type_of(algorithm) == CKK_EC_EDWARDS;
  if (other_spelling && pkcs11_failure("", code).kind == Kind::kRefused) {
    values.curve.assign(std::begin(kEd25519Name), std::end(kEd25519Name));
    code = generate(session, algorithm, values, made);
  }
  if (code == CKR_MECHANISM_INVALID) {
    return std::unexpected(Pkcs11Failure{
        Kind::kRefused,
        fmt::format("the token makes no keys for {}: choose another algorithm for it", jws_algorithm_name(algorithm))});
  }
  if (code != CKR_OK) return std::unexpected(pkcs11_failure("C_GenerateKeyPair", code));
  return made;
}

}  // namespace signet
