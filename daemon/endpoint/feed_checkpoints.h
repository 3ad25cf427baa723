// FeedCheckpoints: the signed checkpoints of one worker. Each is signed once for a sequence, whoever asks for it
// afterwards; workers do not share them, since sharing would take a lock and a signature costs less than that is worth.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/endpoint/worker_scope.h"
#include "keystore/keys/key_set.h"

namespace signet {

// Loop thread only.
class FeedCheckpoints {
 public:
  explicit FeedCheckpoints(WorkerScope& scope) : scope_(scope) {}

  struct Place {
    uint64_t epoch = 0;
    uint64_t sequence = 0;
    const Sha256Digest& hash;  // of the chain, there
  };
  // The compact JWT, signed by the tenant's active EdDSA key, else by its first active asymmetric one. Empty when there
  // is none, the clock may not be trusted, or the library failed. Valid until the next call.
  std::string_view get(const TenantKeys& tenant, const Place& place);

  // What the signatures since the last call cost, by estimate: they are made at once, and whoever answers many pages in
  // one iteration stops at the worker's budget.
  uint64_t take_spent_ns();

 private:
  static constexpr size_t kKept = 64;
  struct Kept {
    uint32_t tenant = 0;
    uint64_t sequence = 0;
    uint64_t epoch = 0;
    uint64_t key_revision = 0;
    std::string issuer;
    std::string token;  // empty = nothing is kept here
  };
  std::string sign(const TenantKeys& tenant, const SigningKey& key, const Place& place);

  WorkerScope& scope_;
  std::array<Kept, kKept> kept_;
  uint64_t spent_ns_ = 0;
};

}  // namespace signet
