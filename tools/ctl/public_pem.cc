#include "tools/ctl/public_pem.h"

#include <algorithm>

#include "protocol/base/base64url.h"
#include "tools/ctl/der.h"

namespace signet::ctl {
namespace {

Octets octets(const std::array<uint8_t, 32>& from) { return {from.begin(), from.end()}; }

// A BIT STRING of whole octets.
Octets info(const Octets& algorithm, const Octets& key) {
  return tlv(0x30, joined({tlv(0x30, algorithm), tlv(0x03, joined({{0x00}, key}))}));
}

struct KeyInfo {
  Octets operator()(const OkpPublicKey& key) const { return info(kDerEd25519, octets(key.x)); }
  Octets operator()(const EcPublicKey& key) const {
    return info(kDerP256, joined({{0x04}, octets(key.x), octets(key.y)}));  // uncompressed
  }
  Octets operator()(const RsaPublicKey& key) const {
    return info(kDerRsa, tlv(0x30, joined({der_integer(key.n), der_integer(key.e)})));
  }
};

std::string base64(const Octets& from) {
  std::string text = base64url_text(from);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

}  // namespace

std::string public_pem(const Jwk& jwk) {
  constexpr size_t kLine = 64;
  const std::string text = base64(std::visit(KeyInfo{}, jwk.key));
  std::string pem = "-----BEGIN PUBLIC KEY-----\n";
  for (size_t at = 0; at < text.size(); at += kLine) pem.append(text, at, kLine).push_back('\n');
  return pem + "-----END PUBLIC KEY-----\n";
}

}  // namespace signet::ctl
