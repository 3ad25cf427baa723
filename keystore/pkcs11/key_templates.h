// The PKCS#11 side of each algorithm: key types, curves, and the templates of new pairs.
#pragma once

#include "keystore/pkcs11/pkcs11_session.h"

namespace signet {

// CKK_EC, CKK_EC_EDWARDS or CKK_RSA.
CK_KEY_TYPE key_type_of(JwsAlgorithm algorithm);
// names_curve: whether a CKA_EC_PARAMS is the algorithm's one curve, by object identifier or by name.
bool names_curve(JwsAlgorithm algorithm, ByteSpan parameters);

struct MadePair {
  CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE, public_key = CK_INVALID_HANDLE;
};
// generate_pair makes token objects that are sensitive, not extractable, and sign (check) alone, under a random CKA_ID.
// HMAC algorithms are refused. Blocks: RSA takes seconds.
Pkcs11Result<MadePair> generate_pair(Pkcs11Session& session, JwsAlgorithm algorithm, int rsa_bits);

}  // namespace signet
