#include <array>

#include "keystore/clients/client_secret.h"
#include "keystore/clients/kernel_random.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

// The characters that neither a URL, a form, a shell word nor Basic credentials have to escape (RFC 3986 2.3).
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
static_assert(kAlphabet.size() == 66);
// Octets from here on are thrown away: the rest divides evenly, so every character is equally likely.
constexpr uint8_t kAccepted = 256 / kAlphabet.size() * kAlphabet.size();

}  // namespace

std::string generate_client_secret() {
  std::string secret;
  secret.reserve(kGeneratedSecretSize);
  std::array<uint8_t, 64> random{};
  while (secret.size() < kGeneratedSecretSize) {
    fill_from_kernel(random);
    for (const uint8_t octet : random) {
      if (octet < kAccepted && secret.size() < kGeneratedSecretSize)
        secret.push_back(kAlphabet[octet % kAlphabet.size()]);
    }
  }
  wipe(random);
  return secret;
}

}  // namespace signet
