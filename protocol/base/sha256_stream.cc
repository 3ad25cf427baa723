// OpenSSL 3.0 marks SHA256_* as deprecated in favour of EVP, which takes its contexts from the heap.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "protocol/base/sha256_stream.h"

#include <openssl/sha.h>

#include <new>

#include "protocol/base/check.h"

namespace signet {
namespace {

SHA256_CTX* context(std::byte* state) { return std::launder(reinterpret_cast<SHA256_CTX*>(state)); }

}  // namespace

Sha256Stream::Sha256Stream() {
  static_assert(sizeof(SHA256_CTX) <= sizeof state_ && alignof(SHA256_CTX) <= 8);
  SIGNET_CHECK(SHA256_Init(new (state_.data()) SHA256_CTX) == 1);
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::add(ByteSpan piece) {
  SIGNET_CHECK(SHA256_Update(context(state_.data()), piece.data(), piece.size()) == 1);
}

Sha256Digest Sha256Stream::finish() {
  Sha256Digest digest;
  SIGNET_CHECK(SHA256_Final(digest.data(), context(state_.data())) == 1);
  return digest;
}

}  // namespace signet
