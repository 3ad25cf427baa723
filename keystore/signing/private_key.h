// PrivateKey: the private half (or HMAC secret) of a signing key, made, imported from its sealed form, and exported for
// sealing. One key, one algorithm (RFC 8725 3.1).
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>

#include "protocol/base/secret_bytes.h"
#include "protocol/jose/algorithm.h"
#include "protocol/jose/jwk.h"

namespace signet {

class RemoteSigner;

enum class KeyError : uint8_t { kUnsupported, kBadSize, kBadEncoding, kSelfTestFailed, kLibrary, kNoLockedMemory };

// Immutable after construction; shared by all workers' signers. Key bytes are in locked, undumpable memory.
class PrivateKey {
 public:
  virtual ~PrivateKey() = default;
  virtual JwsAlgorithm algorithm() const = 0;
  // Size of the raw JWS signature in octets: constant for a key (64, 256..512, 32/48/64).
  virtual size_t signature_size() const = 0;
  // RSA modulus bits; 0 for other kinds.
  virtual int bits() const = 0;
  // Public half with algorithm and an empty kid; nothing for HMAC.
  virtual std::optional<Jwk> public_jwk() const = 0;
  // Encoding for sealing: Ed25519 32-byte seed, PKCS#8 DER for EC and RSA, raw for HMAC.
  virtual SecretBytes serialise() const = 0;
  // What signs instead of a Signer of each worker, where signing takes long and happens elsewhere (see
  // remote_signer.h). Null: signatures are made here. Such a key has nothing to serialise.
  virtual std::shared_ptr<const RemoteSigner> remote() const { return nullptr; }
};

// generate_private_key: `rsa_bits` (2048, 3072, 4096) applies to RSA; HMAC secrets get 64 random octets. A pairwise
// test is done before return. Blocks (RSA: up to seconds). Any thread.
std::expected<std::shared_ptr<const PrivateKey>, KeyError> generate_private_key(JwsAlgorithm algorithm, int rsa_bits);
// load_private_key reads `serialise` output, with the same pairwise test.
std::expected<std::shared_ptr<const PrivateKey>, KeyError> load_private_key(JwsAlgorithm algorithm, ByteSpan encoded);

// import_private_key takes a key that was made elsewhere: PKCS#8 (RFC 5958) for asymmetric algorithms, the secret for
// HMAC. That whoever gives it has the private half is shown by the same pairwise test. kUnsupported: of another kind or
// curve than the algorithm wants; kBadSize: RSA but of 2048, 3072 or 4096 bits, HMAC below the hash's size.
std::expected<std::shared_ptr<const PrivateKey>, KeyError> import_private_key(JwsAlgorithm algorithm, ByteSpan encoded);

// load_foreign_hmac_key takes a secret of another system as it is, 1 to 1024 octets: shorter than the hash too, which
// RFC 7518 3.2 forbids. Whoever calls it has been told to by its operator; nothing here uses such a key by itself.
std::expected<std::shared_ptr<const PrivateKey>, KeyError> load_foreign_hmac_key(JwsAlgorithm algorithm,
                                                                                 ByteSpan secret);

// signing_start initialises the libraries and their secure heaps and runs a known-answer test of each algorithm; call
// once at start before any other thread and before any other use of OpenSSL. False: do not serve.
[[nodiscard]] bool signing_start();
// signing_start_failure says why signing_start returned false, and what to do. Static storage.
std::string_view signing_start_failure();

}  // namespace signet
