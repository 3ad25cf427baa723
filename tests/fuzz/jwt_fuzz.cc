// Tokens: splitting, header, verification. A text without dots is taken for a header's JSON, so that the fuzzer needs
// not learn base64url. Nothing may verify but the two published tokens, in their one spelling.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/base/base64url.h"
#include "protocol/base/check.h"
#include "protocol/jose/jws_verify.h"

namespace {

using namespace signet;

// RFC 8037 appendix A.4, RFC 7515 appendix A.1.
constexpr std::string_view kEd25519Token =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
constexpr std::string_view kHmacToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

Jwk key(std::string_view json) { return parse_jwk(json).value(); }

const Jwk& ed25519_key() {
  static const Jwk jwk =
      key(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","alg":"EdDSA","kid":"a"})");
  return jwk;
}

const Jwk& es256_key() {
  static const Jwk jwk = key(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                             R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","alg":"ES256","kid":"b"})");
  return jwk;
}

const HmacKey& hmac_key() {
  static const HmacKey hmac = [] {
    std::array<uint8_t, 64> secret;
    SIGNET_CHECK(base64url_decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow", secret));
    return std::move(HmacKey::make(JwsAlgorithm::kHS256, "", secret).value());
  }();
  return hmac;
}

void check_header(std::string_view json) {
  const auto header = parse_jose_header(json);
  if (!header) return;
  SIGNET_CHECK(header->kid.empty() || valid_kid(header->kid));
  SIGNET_CHECK(parse_jws_algorithm(jws_algorithm_name(header->algorithm)) == header->algorithm);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.find('.') == std::string_view::npos) check_header(text);
  const auto jws = split_compact_jws(text);
  if (!jws) return 0;
  SIGNET_CHECK(std::count(text.begin(), text.end(), '.') == 2);
  SIGNET_CHECK(!verify_compact_jws(*jws, ed25519_key()) || text == kEd25519Token);
  SIGNET_CHECK(!verify_compact_jws(*jws, hmac_key()) || text == kHmacToken);
  const auto ecdsa = verify_compact_jws(*jws, es256_key());
  SIGNET_CHECK(!ecdsa || ecdsa->header().algorithm == JwsAlgorithm::kES256);
  return 0;
}
