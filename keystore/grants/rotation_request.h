// RotationRequest: one refresh, as a worker asks the store for it and as it comes back. Belongs to its asker's pool:
// the store allocates nothing for it and keeps nothing of it once `completed` was called.
//
// Thread rule: the asker's, but between Store::rotate_family and `completed`: then it is the store's alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "keystore/grants/refresh_family.h"

namespace signet {

enum class RotationVerdict : uint8_t {
  kRotated,   // durable
  kRepeated,  // a retry inside the window; nothing was written
  // Refused; nothing changed. All of them read invalid_grant.
  kUnknownFamily,
  kOtherClient,
  kClientGone,  // removed, or disabled
  kExpired,
  kRevoked,
  kWrongSecret,
  kOvertaken,
  kExhausted,
  kRolledBack,  // the store has lost commits: an alarm
  // Refused, and the family was revoked in the same commit.
  kReused,
  // Refused for what was asked; nothing changed.
  kScope,
  kTarget,
  // The store did not decide; nothing may be told about the token.
  kBusy,
  kUnavailable,
};
inline constexpr size_t kRotationVerdicts = 16;

// The texts that a request carries; their memory is reused.
class TextList {
 public:
  void clear() { count_ = 0; }
  // Past the end of what was ever held this allocates; otherwise only for a longer text.
  void add(std::string_view text);
  std::span<const std::string> span() const { return {texts_.data(), count_}; }
  static constexpr size_t kMax = kFamilyAudiencesMax;

 private:
  std::array<std::string, kMax> texts_;
  size_t count_ = 0;
};

class RotationRequest {
 public:
  // --- what is asked ---
  uint32_t tenant = 0;
  FamilyId family{};
  uint32_t sequence = 0;  // of the presented token, whose MAC holds
  RefreshHash hash{};     // of its secret
  std::string client_id;  // who authenticated; with `any_client`, out: whose family it is
  // The token alone is the credential (RFC 6749 section 6, of clients that have no other). Whoever asks so names in
  // `resources` an audience that only such families have.
  bool any_client = false;
  // What a rotated token does when it comes again outside the window: it ends its family, or is refused as kOvertaken.
  bool revoke_on_reuse = true;
  std::string scope;   // wanted, valid; empty = the family's
  TextList resources;  // wanted; empty = the family's
  // The successor, should it come to that: derived by the asker with this salt.
  RefreshSalt salt{};
  RefreshHash successor_hash{};
  uint8_t successor_key_version = 0;
  uint32_t window_ms = 0;  // grace
  uint32_t idle_s = 0;     // how long the successor lives without use

  // --- what came of it; all but the verdict only for kRotated and kRepeated ---
  RotationVerdict verdict{};
  RotationState rotation;  // sequence, key version and salt of the successor
  std::string subject;
  std::string granted_scope;  // the family's
  TextList audiences;         // the family's
  std::string cnf;
  UnixMs created_ms = 0;
  UnixSeconds idle_expires_at = 0;
  UnixSeconds absolute_expires_at = 0;

  // Called once, on the store's thread or, when nothing was queued, on the asker's before rotate_family returns. Must
  // not block. The request is the asker's again.
  virtual void completed() = 0;

  // The store's, while it has the request.
  alignas(std::max_align_t) std::array<std::byte, 32> store_space;

 protected:
  ~RotationRequest() = default;
};

}  // namespace signet
