// Keys and key sets: what is taken is sound, and says the same after writing.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/check.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jws_verify.h"

namespace {

using namespace signet;

void check_key(const Jwk& key) {
  SIGNET_CHECK(valid_kid(key.kid) && !is_symmetric(key.algorithm) && public_key_usable(key));
  SIGNET_CHECK(jwk_thumbprint(key).size() == 43);
  const std::string written = write_jwk(key);
  const auto again = parse_jwk(written);
  SIGNET_CHECK(again && write_jwk(*again) == written && jwk_thumbprint(*again) == jwk_thumbprint(key));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto key = parse_jwk(text)) check_key(*key);
  const auto keys = parse_jwks(text);
  if (!keys) return 0;
  for (const Jwk& key : *keys) check_key(key);
  SIGNET_CHECK(parse_jwks(write_jwks(*keys)).value().size() == keys->size());
  return 0;
}
