#include "keystore/vault/argon2id.h"

#include <sodium.h>

namespace signet {

static_assert(crypto_pwhash_argon2id_SALTBYTES == sizeof(PasswordSalt));
static_assert(kPasswordMemoryKibMin * 1024 >= crypto_pwhash_argon2id_MEMLIMIT_MIN);

bool argon2id(ByteSpan input, const PasswordSalt& salt, const PasswordCost& cost, PasswordHash& out) {
  if (!valid_password_cost(cost)) return false;
  return crypto_pwhash_argon2id(out.data(), out.size(), reinterpret_cast<const char*>(input.data()), input.size(),
                                salt.data(), cost.passes, size_t{cost.memory_kib} * 1024,
                                crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0;
}

}  // namespace signet
