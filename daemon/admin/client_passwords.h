// with_password: a new password on its way to its verifier, which takes some 200 ms beside the loop.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "daemon/admin/service.h"

namespace signet {

// Whose password it is; bound into the verifier.
struct PasswordOwner {
  uint32_t tenant = 0;
  std::string client_id;
};

inline constexpr std::string_view kPasswordWanted = "1 to 1024 octets of UTF-8 without control characters";

// with_password hashes `password`, which is valid, and runs `next` with the verifier on the loop; without a password it
// runs `next` with nothing, at once. Wipes `password`. Answers `id` itself when it cannot go on. Loop thread.
void with_password(AdminService& admin, const http::ExchangeId& id, const PasswordOwner& owner,
                   std::optional<std::string> password,
                   std::function<void(const std::optional<PasswordVerifier>&)> next);

}  // namespace signet
