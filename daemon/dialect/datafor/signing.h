// DataforSigner: signs a configuration's tokens with its own secret, at once: HMAC is so cheap that nothing waits for
// it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/dialect/datafor/configuration.h"
#include "keystore/dialect_configurations.h"
#include "keystore/signing/signer.h"

namespace signet {

// The configurations that a worker has used, read once for each revision. Loop thread only.
class DataforSigner {
 public:
  struct Ready {
    uint64_t revision = 0;
    DataforConfiguration configuration;
    std::unique_ptr<Signer> signer;  // null: its algorithm does not sign here
  };

  // What a resident configuration says; null when it cannot be read. Valid until the next call.
  const Ready* ready(const signet::DialectConfiguration& resident);

  // The token: {"typ":"JWT","alg":...} and `claims`. Empty when the library failed. Static ones sign with a secret that
  // is no configuration's.
  static std::string sign(Signer& signer, std::string_view algorithm, std::string_view claims);
  static std::unique_ptr<Signer> signer_of(std::string_view algorithm, std::string_view secret);

 private:
  static constexpr size_t kReadyMax = 256;
  std::map<std::pair<uint32_t, std::string>, Ready> ready_;
};

// Octets that a secret must have by RFC 7518 3.2; 0 for what is no HMAC algorithm.
size_t datafor_secret_min(std::string_view algorithm);

}  // namespace signet
