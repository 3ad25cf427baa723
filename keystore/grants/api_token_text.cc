#include "keystore/grants/api_token_text.h"

#include <array>

#include "protocol/base/base64url.h"
#include "protocol/base/char_class.h"
#include "protocol/base/check.h"
#include "protocol/base/random.h"

namespace signet {
namespace {

constexpr size_t kOctets = 24;
static_assert(base64url_encoded_size(kOctets) == kApiTokenTextSize && kOctets * 8 == kApiTokenTextSize * 6);

constexpr CharClass kVisible = CharClass::range('!', '~');
static_assert(kApiTokenTextSizeMin <= kApiTokenTextSize && kApiTokenTextSize <= kApiTokenTextSizeMax);

}  // namespace

bool valid_api_token_text(std::string_view text) {
  return text.size() >= kApiTokenTextSizeMin && text.size() <= kApiTokenTextSizeMax && kVisible.contains_all(text);
}

ApiTokenId api_token_id_of(const FamilyKeys& keys, uint8_t version, std::string_view text) {
  const HashKey* key = keys.api_token_key(version);
  SIGNET_CHECK(key != nullptr);
  return keyed_hash_128(*key, as_bytes(text));
}

SecretBytes generate_api_token_text() {
  std::array<uint8_t, kOctets> octets;
  fill_secret_random(octets);
  SecretBytes text(kApiTokenTextSize);
  base64url_encode(octets, reinterpret_cast<char*>(text.expose_mutable().data()));
  wipe(octets);
  return text;
}

}  // namespace signet
