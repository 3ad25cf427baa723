// Client secrets: generated with 256 bits from A-Za-z0-9-._~, kept only as keyed BLAKE2b under a versioned pepper.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "keystore/clients/client.h"

namespace signet {

inline constexpr size_t kGeneratedSecretSize = 43;  // 43 x log2(66) = 259 bits

// Pepper: the hash keys by version; immutable, in locked memory.
class Pepper {
 public:
  // `keys[i]` is version first_version + i; the last one is current. The source is the caller's to wipe. Throws
  // std::system_error when no more memory can be locked: at start only.
  Pepper(uint8_t first_version, std::span<const HashKey> keys);
  ~Pepper();
  Pepper(const Pepper&) = delete;
  Pepper& operator=(const Pepper&) = delete;
  uint8_t current_version() const;
  // The sub-key (label "signet password") that passwords are hashed with under this version, so that no hash of one
  // kind says anything of the other; null when the version is not known. Any thread.
  const HashKey* password_key(uint8_t version) const;

  // hash_client_secret binds tenant and client_id, so that a hash moved to another client verifies nothing.
  ClientSecret hash(uint32_t tenant, std::string_view client_id, std::string_view secret, UnixSeconds now) const;

  // verify checks `presented` against the record's secrets in constant time and gives the index of the one that
  // matched, or -1. `record` null (unknown client): does the work of a one-secret check and gives -1. The work is the
  // same for every record with at most one secret. Any thread, does not allocate.
  int verify(const ClientRecord* record, uint32_t tenant, std::string_view client_id,
             std::string_view presented) const {
    return verify(record, present(tenant, client_id, presented));
  }

  // The same in two steps: what can be computed before the record is there, and the rest. The texts are borrowed.
  struct Presented {
    uint32_t tenant;
    std::string_view client_id;
    std::string_view secret;
    KeyedHash256 by_current;
  };
  Presented present(uint32_t tenant, std::string_view client_id, std::string_view secret) const;
  int verify(const ClientRecord* record, const Presented& presented) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// generate_client_secret: 43 characters from the CSPRNG (getrandom), unbiased. The caller wipes it.
std::string generate_client_secret();

// valid_client_id: 1-128 of A-Za-z0-9-._~ ; valid_client_secret (given, not generated): 16-256 printable ASCII.
bool valid_client_id(std::string_view id);
bool valid_client_secret(std::string_view secret);

}  // namespace signet
