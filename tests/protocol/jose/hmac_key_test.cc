#include "protocol/jose/hmac_key.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>

#include "tests/support/expected.h"

namespace signet {
namespace {

using Error = HmacKeyError;

static_assert(!std::is_copy_constructible_v<HmacKey>);
static_assert(!std::is_default_constructible_v<HmacKey>);  // a key without octets cannot exist

std::optional<Error> error_of(JwsAlgorithm algorithm, size_t size, std::string_view kid = "k") {
  return testing_support::error_of(HmacKey::make(algorithm, kid, as_bytes(std::string(size, 'x'))));
}

TEST(HmacKey, TheLeastSizeIsThatOfTheHash) {  // RFC 7518 section 3.2
  for (const JwsAlgorithm algorithm : {JwsAlgorithm::kHS256, JwsAlgorithm::kHS384, JwsAlgorithm::kHS512}) {
    const size_t least = hmac_size(algorithm);
    EXPECT_TRUE(HmacKey::make(algorithm, "k", as_bytes(std::string(least, 'x'))));
    for (const size_t size : {size_t{0}, size_t{1}, least - 1}) EXPECT_EQ(error_of(algorithm, size), Error::kTooShort);
    EXPECT_EQ(error_of(algorithm, kHmacKeySizeMax + 1), Error::kTooLong);
  }
}

TEST(HmacKey, IsNeverMadeForAPublicKeyAlgorithm) {
  for (const JwsAlgorithm algorithm : kAllJwsAlgorithms) {
    if (is_symmetric(algorithm)) continue;
    EXPECT_EQ(error_of(algorithm, 64), Error::kNotSymmetric);
  }
}

TEST(HmacKey, RefusesABadKid) {
  EXPECT_EQ(error_of(JwsAlgorithm::kHS256, 32, "a/b"), Error::kBadKid);
  EXPECT_EQ(error_of(JwsAlgorithm::kHS256, 32, std::string(65, 'k')), Error::kBadKid);
}

}  // namespace
}  // namespace signet
