// KeyMaterial: what the keys of this folder share beyond the public PrivateKey, and the makers of each kind.
#pragma once

#include <memory>

#include "keystore/signing/private_key.h"
#include "keystore/signing/signer.h"

namespace signet {

class KeyMaterial : public PrivateKey {
 public:
  // new_signer: nothing on library failure. The caller keeps this object alive through the signer's own reference,
  // `self`, which points to it.
  virtual std::unique_ptr<Signer> new_signer(std::shared_ptr<const PrivateKey> self) const = 0;
  // matches checks a signature on a path of its own: with the public half alone, or for HMAC with the library's
  // one-shot function. For self-tests.
  virtual bool matches(ByteSpan message, ByteSpan signature) const = 0;
};

using MadeKey = std::expected<std::shared_ptr<const KeyMaterial>, KeyError>;

// Each maker checks what it made or read, but the pairwise test, which private_key.cc does for all.
MadeKey generate_ed25519_key(JwsAlgorithm algorithm);
MadeKey load_ed25519_key(JwsAlgorithm algorithm, ByteSpan seed);
MadeKey generate_p256_key();
MadeKey load_p256_key(ByteSpan pkcs8);
MadeKey generate_rsa_key(JwsAlgorithm algorithm, int bits);
MadeKey load_rsa_key(JwsAlgorithm algorithm, ByteSpan pkcs8);
MadeKey generate_hmac_key(JwsAlgorithm algorithm);
MadeKey load_hmac_key(JwsAlgorithm algorithm, ByteSpan secret);

// load_key_material picks the loader for `algorithm`; no pairwise test yet.
MadeKey load_key_material(JwsAlgorithm algorithm, ByteSpan encoded);

// pairwise_test: what the key signs must match, and must not match another message.
bool pairwise_test(const std::shared_ptr<const KeyMaterial>& key);

}  // namespace signet
