// RefreshFamily: one grant that refresh tokens stand for, as the store keeps it and administrators see it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keystore/grants/rotation_rules.h"
#include "protocol/base/time.h"
#include "protocol/oauth/refresh_token.h"

namespace signet {

// On disk: never renumber.
enum class FamilyStatus : uint8_t {
  kLive = 0,
  kRevoked = 1,  // a rotated token was presented again
};

struct RefreshFamily {
  uint32_t tenant = 0;
  FamilyId id{};
  std::string client_id;
  std::string subject;                 // of its access tokens
  std::string scope;                   // as granted: an access token may have less, never more
  std::vector<std::string> audiences;  // likewise; never empty
  std::string cnf;                     // JSON object of the confirmation claim; empty = none
  FamilyStatus status = FamilyStatus::kLive;
  UnixMs created_ms = 0;
  UnixSeconds idle_expires_at = 0;  // moves with each rotation, never beyond the absolute one
  UnixSeconds absolute_expires_at = 0;
  UnixSeconds rotated_at = 0;  // last rotation by the wall clock; 0 = never. For people: rules go by the service clock
  RotationState rotation;
  bool operator==(const RefreshFamily&) const = default;
};

// What may be in a row; the store refuses others.
inline constexpr size_t kFamilySubjectSizeMax = 256;
inline constexpr size_t kFamilyAudiencesMax = 16;
inline constexpr size_t kFamilyAudienceSizeMax = 512;
inline constexpr size_t kFamilyCnfSizeMax = 512;

}  // namespace signet
