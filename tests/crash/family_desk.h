// FamilyDesk: asks a store what a worker asks it for a holder of tokens, and waits for the answer.
//
// Thread rule: one thread each.
#pragma once

#include <expected>
#include <random>
#include <string>

#include "keystore/store/store.h"

namespace signet::crash {

// What rotate_family said to a token.
struct Rotation {
  RotationVerdict verdict{};
  RefreshToken successor;  // when it was rotated or repeated
  bool given() const { return verdict == RotationVerdict::kRotated || verdict == RotationVerdict::kRepeated; }
};

class FamilyDesk {
 public:
  FamilyDesk(Store& store, uint64_t seed) : store_(store), random_(seed) {}

  Rotation present(const std::string& client_id, const RefreshToken& token);
  std::expected<RefreshFamily, StoreError> create(const RefreshFamily& family);
  std::expected<RevocationOutcome, StoreError> revoke_token(const std::string& client_id, const std::string& jti);
  std::expected<RevocationOutcome, StoreError> revoke_client(const std::string& client_id);
  std::expected<RevocationOutcome, StoreError> revoke_family(const std::string& client_id, const FamilyId& id);
  // Nothing when there is none; reports of the disk count as that.
  std::optional<RefreshFamily> find(const FamilyId& id) const;

  // The first token of a family that is to be.
  RefreshToken first_token();
  std::string new_jti();
  uint64_t dice(uint64_t sides) { return random_() % sides; }
  static const RefreshKeys& keys();
  static UnixMs now_ms();

 private:
  template <size_t Size>
  std::array<uint8_t, Size> octets();

  Store& store_;
  std::mt19937_64 random_;
};

}  // namespace signet::crash
