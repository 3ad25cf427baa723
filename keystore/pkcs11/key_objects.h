// Key objects: making, adopting, reading and destroying the pair of objects that a signing key is in a token. They are
// found by their CKA_ID, which both halves share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keystore/pkcs11/pkcs11_session.h"
#include "protocol/jose/jwk.h"

namespace signet {

// What is found of a key: its private half by handle, its public one as it is.
struct KeyObjects {
  CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
  Jwk public_jwk;  // with an empty kid
  int bits = 0;    // RSA; else 0
};

// make_key_objects makes a pair: sensitive, not extractable, good for signing alone. `rsa_bits` for RSA. Its CKA_ID is
// the RFC 7638 thumbprint of the public half, 32 octets, and goes to `id`. An empty label becomes "signet " and the
// kid. On failure nothing is left of it. Blocks: RSA takes seconds.
Pkcs11Result<KeyObjects> make_key_objects(Pkcs11Session& session, JwsAlgorithm algorithm, int rsa_bits,
                                          const std::string& label, std::vector<uint8_t>& id);
// find_key_objects: the pair of this CKA_ID. Refused, each with the reason: none or several of that id, another kind or
// curve than the algorithm's, RSA other than 2048, 3072 or 4096 bits, a private half that could leave the token, or
// that signs nothing, or only with the PIN for each signature.
Pkcs11Result<KeyObjects> find_key_objects(Pkcs11Session& session, JwsAlgorithm algorithm, ByteSpan id);
// find_private_object: the one private key of this id. kNoObject: there is none.
Pkcs11Result<CK_OBJECT_HANDLE> find_private_object(Pkcs11Session& session, ByteSpan id);
// destroy_key_objects destroys every key object of this id, the private ones first. Success when there is none.
Pkcs11Result<void> destroy_key_objects(Pkcs11Session& session, ByteSpan id);

}  // namespace signet
