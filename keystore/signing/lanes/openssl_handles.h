// Owning handles of OpenSSL's objects. Their free functions also clear private material.
#pragma once

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

#include "protocol/base/freed_by.h"

namespace signet {

using EvpKey = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using EvpKeyContext = std::unique_ptr<EVP_PKEY_CTX, FreedBy<EVP_PKEY_CTX_free>>;
using Pkcs8Info = std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreedBy<PKCS8_PRIV_KEY_INFO_free>>;
using BigNumber = std::unique_ptr<BIGNUM, FreedBy<BN_clear_free>>;
using BigNumberContext = std::unique_ptr<BN_CTX, FreedBy<BN_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreedBy<ECDSA_SIG_free>>;

// OpensslErrors empties the thread's error queue at the end of a scope: what a failed call left there must neither
// pile up nor be taken for the error of a later call.
struct OpensslErrors {
  OpensslErrors() = default;
  OpensslErrors(const OpensslErrors&) = delete;
  OpensslErrors& operator=(const OpensslErrors&) = delete;
  ~OpensslErrors() { ERR_clear_error(); }
};

}  // namespace signet
