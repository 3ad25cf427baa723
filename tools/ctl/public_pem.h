// A public key as PEM, for verifiers that take no JWK.
#pragma once

#include <string>

#include "protocol/jose/jwk.h"

namespace signet::ctl {

// public_pem gives SubjectPublicKeyInfo (RFC 5280 4.1, RFC 8410, RFC 5480, RFC 3279) as PEM (RFC 7468), lines of 64
// characters. Any thread; allocates.
std::string public_pem(const Jwk& jwk);

}  // namespace signet::ctl
