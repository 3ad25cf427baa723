// RefreshRotation: one presented refresh token on its way through the store: what is derived of it before, and the text
// of its successor afterwards. For the token endpoint and for dialects.
#pragma once

#include <array>
#include <string_view>

#include "daemon/endpoint/worker_scope.h"
#include "keystore/grants/family_keys.h"
#include "keystore/grants/rotation_request.h"
#include "protocol/oauth/refresh_token.h"

namespace signet {

// Loop thread, but while the store has the request. Holds secrets: wiped by `wipe_secrets` and when it dies.
class RefreshRotation : public RotationRequest {
 public:
  RefreshRotation() = default;
  RefreshRotation(const RefreshRotation&) = delete;
  RefreshRotation& operator=(const RefreshRotation&) = delete;

  // prepare derives the successor of `presented`, whose MAC holds, under a fresh salt, should it come to a rotation:
  // sets what the request says of the token. Does not allocate.
  void prepare(const FamilyKeys& keys);

  RefreshToken presented;   // or, of a family being made, its first token
  RefreshSecret successor;  // what follows upon it should it be rotated

  void wipe_secrets();

 protected:
  ~RefreshRotation() { wipe_secrets(); }
};

// report_rotation counts what came of it, and logs what an operator has to know. Loop thread.
void report_rotation(WorkerScope& scope, const RefreshRotation& rotation);

// The text of the refresh token that an answer holds. Wiped when it dies.
struct RefreshTokenText {
  std::array<char, kRefreshTokenSize> characters;
  ~RefreshTokenText();
  std::string_view text() const { return {characters.data(), characters.size()}; }
};

// write_granted_token writes what the client gets: the family's first token (nothing was rotated), or the successor of
// what was presented; after a retry the same one again. False when a family key is gone. Any thread.
bool write_granted_token(const FamilyKeys& keys, const RefreshRotation& rotation, RefreshTokenText& out);

}  // namespace signet
