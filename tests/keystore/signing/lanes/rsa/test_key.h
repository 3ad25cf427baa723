// An RSA key of OpenSSL, and what the lanes have of it.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "keystore/signing/lanes/rsa/rsa_lanes.h"
#include "tests/keystore/signing/lanes/big_number.h"

namespace signet::lanes {

enum class RsaScheme : uint8_t { kPkcs1, kPss };

class TestKey {
 public:
  explicit TestKey(int bits);  // made anew

  size_t octets() const { return static_cast<size_t>(EVP_PKEY_get_size(key_.get())); }
  BigNumber number(const char* parameter) const;  // OSSL_PKEY_PARAM_RSA_*
  const RsaLaneKey& lanes() const { return *lanes_; }
  // OpenSSL's, of a message's SHA-256.
  std::vector<uint8_t> sign(std::span<const uint8_t> digest, RsaScheme scheme) const;
  bool verifies(std::span<const uint8_t> digest, std::span<const uint8_t> signature, RsaScheme scheme) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_PKEY_CTX, Free>;
  Context prepared(bool to_sign, RsaScheme scheme) const;

  std::unique_ptr<EVP_PKEY, Free> key_;
  Context contexts_[2][2];  // [to sign][scheme]
  std::unique_ptr<RsaLaneKey> lanes_;
};

// A key of each size, made once.
const TestKey& key_of(int bits);

}  // namespace signet::lanes
