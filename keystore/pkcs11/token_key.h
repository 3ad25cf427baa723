// TokenKey: a signing key whose private half lives in a PKCS#11 token. It can be named and asked to sign, nothing else:
// no octet of the private half is ever in this process.
#pragma once

#include <memory>
#include <string>

#include "keystore/pkcs11/pkcs11_token.h"
#include "keystore/pkcs11/token_object.h"
#include "keystore/signing/private_key.h"
#include "keystore/signing/remote_signer.h"
#include "protocol/jose/jwk.h"

namespace signet {

// Immutable; any thread. Keeps the token alive.
class TokenKey final : public PrivateKey, public RemoteSigner, public std::enable_shared_from_this<TokenKey> {
 public:
  struct Parts {
    std::shared_ptr<Pkcs11Token> token;
    TokenObject object;
    Jwk public_jwk;  // its kid counts for nothing
    int bits = 0;
  };
  explicit TokenKey(Parts parts);

  JwsAlgorithm algorithm() const override { return parts_.public_jwk.algorithm; }
  size_t signature_size() const override;
  int bits() const override { return parts_.bits; }
  std::optional<Jwk> public_jwk() const override { return parts_.public_jwk; }
  SecretBytes serialise() const override { return {}; }
  std::shared_ptr<const RemoteSigner> remote() const override { return shared_from_this(); }

  bool has_room() const override { return parts_.token->has_room(); }
  bool submit(RemoteSignature& request) const override { return parts_.token->submit(shared_from_this(), request); }

  const TokenObject& object() const { return parts_.object; }
  std::string location() const { return write_token_object(parts_.object); }
  // Of this object among all of the process, for caches.
  uint64_t number() const { return number_; }

 private:
  const Parts parts_;
  const uint64_t number_;
};

using MadeTokenKey = Pkcs11Result<std::shared_ptr<const TokenKey>>;

// Each gives a key that has proved itself: what the private object signs holds with the public half, and with no other
// text. They block for as long as the token takes; any thread but a worker's.

// make_token_key makes a pair in the token; see make_key_objects.
MadeTokenKey make_token_key(const std::shared_ptr<Pkcs11Token>& token, JwsAlgorithm algorithm, int rsa_bits,
                            const std::string& label);
// adopt_token_key takes the pair of this CKA_ID; see find_key_objects for what is refused.
MadeTokenKey adopt_token_key(const std::shared_ptr<Pkcs11Token>& token, JwsAlgorithm algorithm,
                             const std::vector<uint8_t>& id);
// open_token_key finds a key again, whose public half must be `expected`.
MadeTokenKey open_token_key(const std::shared_ptr<Pkcs11Token>& token, const TokenObject& object, const Jwk& expected);
// destroy_token_object destroys both halves; success when they are gone already. kRefused: `object` is of another
// token.
Pkcs11Result<void> destroy_token_object(Pkcs11Token& token, const TokenObject& object);

}  // namespace signet
