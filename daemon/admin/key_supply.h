// with_keys: makes the first key of an algorithm when a client asks for one that its tenant has none of yet.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/admin/service.h"

namespace signet {

// What a client will sign with.
struct KeyNeed {
  uint32_t tenant = 0;
  JwsAlgorithm algorithm{};
  std::string audience;  // of HMAC keys, else empty
  bool operator==(const KeyNeed&) const = default;
};
KeyNeed key_need(const Client& client);

// with_keys runs `next` once every need has an active key: at once, or after making the missing asymmetric ones (an RSA
// key takes seconds). A missing HMAC key is refused with 422: it belongs to a resource server that must be given it.
// Answers `id` itself when it cannot go on. Loop thread.
void with_keys(AdminService& admin, const http::ExchangeId& id, const AuditActor& actor, std::vector<KeyNeed> needs,
               const std::function<void()>& next);

}  // namespace signet
