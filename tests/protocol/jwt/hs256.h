// Tokens under a known HS256 key, made and verified by the general verifier.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "protocol/base/base64url.h"
#include "protocol/jwt/verified_jwt.h"

namespace signet {

inline constexpr std::string_view kHs256Secret = "0123456789abcdef0123456789abcdef";

inline std::string base64url_text(std::string_view text) { return base64url_text(as_bytes(text)); }

inline std::string hs256_token(std::string_view claims) {
  std::string token = base64url_text(R"({"alg":"HS256","typ":"at+jwt","kid":"k1"})") + "." + base64url_text(claims);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), kHs256Secret.data(), static_cast<int>(kHs256Secret.size()),
       reinterpret_cast<const unsigned char*>(token.data()), token.size(), mac, &size);
  return token + "." + base64url_text({reinterpret_cast<const char*>(mac), size});
}

// Verifies a token with these claims at a time when it is valid.
inline std::expected<VerifiedJwt, JwtError> verify_hs256_claims(std::string_view claims, std::string_view issuer,
                                                                std::string_view audience, UnixSeconds issued_at,
                                                                UnixSeconds not_before) {
  class Keys final : public VerificationKeys {
   public:
    VerificationKey find(std::string_view) const override { return &key_; }

   private:
    HmacKey key_ = HmacKey::make(JwsAlgorithm::kHS256, "k1", as_bytes(kHs256Secret)).value();
  };
  return verify_access_token(hs256_token(claims), Keys(),
                             {.issuer = issuer, .audience = audience, .now = std::max(issued_at, not_before)});
}

}  // namespace signet
