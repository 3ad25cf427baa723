#include "keystore/signing/known_answers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "keystore/signing/private_key.h"
#include "keystore/signing/signer.h"
#include "protocol/base/base64url.h"

namespace signet {
namespace {

std::vector<uint8_t> from_base64url(std::string_view text) {
  std::vector<uint8_t> out(base64url_decoded_size_max(text.size()));
  const auto size = base64url_decode(text, out);
  EXPECT_TRUE(size);
  out.resize(size.value_or(0));
  return out;
}

std::vector<uint8_t> sign_with(JwsAlgorithm algorithm, ByteSpan encoded, std::string_view message) {
  const auto key = load_private_key(algorithm, encoded);
  if (!key) return {};
  std::vector<uint8_t> signature((*key)->signature_size());
  const ByteSpan inputs[] = {as_bytes(message)};
  const MutableByteSpan outputs[] = {signature};
  EXPECT_EQ(make_signer(*key)->sign(inputs, outputs), 1U);
  return signature;
}

TEST(KnownAnswersTest, CoverEveryAlgorithm) {
  std::set<JwsAlgorithm> covered;
  for (const KnownAnswer& known : known_answers()) covered.insert(known.algorithm);
  EXPECT_EQ(covered.size(), kAllJwsAlgorithms.size());
}

TEST(KnownAnswersTest, AllHold) {
  for (const KnownAnswer& known : known_answers()) {
    EXPECT_TRUE(known_answer_holds(known)) << int{static_cast<uint8_t>(known.algorithm)};
  }
  EXPECT_FALSE(failing_known_answer());
}

// The test at start can fail: a wrong answer, a wrong message or a wrong key is seen for every algorithm.
TEST(KnownAnswersTest, SeeEachChange) {
  for (const KnownAnswer& known : known_answers()) {
    if (known.signature.empty()) continue;
    const int name = static_cast<uint8_t>(known.algorithm);
    std::vector<uint8_t> changed(known.signature.begin(), known.signature.end());
    changed[changed.size() / 2] ^= 1;
    EXPECT_FALSE(known_answer_holds({known.algorithm, known.key, known.message, changed})) << name;
    EXPECT_FALSE(known_answer_holds({known.algorithm, known.key, as_bytes("another"), known.signature})) << name;
    std::vector<uint8_t> key(known.key.begin(), known.key.end());
    key[key.size() / 2] ^= 1;
    EXPECT_FALSE(known_answer_holds({known.algorithm, key, known.message, known.signature})) << name;
  }
}

// RFC 8037 appendix A.4.
TEST(SigningVectorsTest, Rfc8037Ed25519) {
  const auto seed = from_base64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
  const auto expected =
      from_base64url("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  constexpr std::string_view kInput = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  EXPECT_EQ(sign_with(JwsAlgorithm::kEdDSA, seed, kInput), expected);
  EXPECT_EQ(sign_with(JwsAlgorithm::kEd25519, seed, kInput), expected);
}

// RFC 8037 appendix A.2: the public half of that seed.
TEST(SigningVectorsTest, Rfc8037PublicKey) {
  const auto seed = from_base64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
  const auto key = load_private_key(JwsAlgorithm::kEdDSA, seed);
  ASSERT_TRUE(key);
  const auto expected = from_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  EXPECT_TRUE(std::ranges::equal(std::get<OkpPublicKey>((*key)->public_jwk()->key).x, expected));
}

// RFC 7515 appendix A.1.
TEST(SigningVectorsTest, Rfc7515Hs256) {
  const auto secret =
      from_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  EXPECT_EQ(
      sign_with(JwsAlgorithm::kHS256, secret,
                "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
                ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"),
      from_base64url("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
}

// RFC 7515 appendix A.2 and A.3: the public halves of the keys that the start-up tests use.
TEST(SigningVectorsTest, Rfc7515PublicKeys) {
  for (const KnownAnswer& known : known_answers()) {
    if (known.algorithm == JwsAlgorithm::kES256) {
      const auto key = load_private_key(known.algorithm, known.key);
      ASSERT_TRUE(key);
      const auto half = std::get<EcPublicKey>((*key)->public_jwk()->key);
      EXPECT_TRUE(std::ranges::equal(half.x, from_base64url("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")));
      EXPECT_TRUE(std::ranges::equal(half.y, from_base64url("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")));
    } else if (known.algorithm == JwsAlgorithm::kRS256) {
      const auto key = load_private_key(known.algorithm, known.key);
      ASSERT_TRUE(key);
      const auto half = std::get<RsaPublicKey>((*key)->public_jwk()->key);
      EXPECT_EQ(half.e, from_base64url("AQAB"));
      EXPECT_EQ(half.n.size(), 256U);
      EXPECT_EQ(half.n.front(), 0xa1);
    }
  }
}

}  // namespace
}  // namespace signet
