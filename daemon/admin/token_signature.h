// One signature for the admin side, here or in a token.
#pragma once

#include <functional>
#include <string>

#include "daemon/admin/service.h"
#include "keystore/keys/key_set.h"

namespace signet {

// sign_for_admin signs `input` with the admin side's own signer, or has it signed in the token that the key is in, and
// calls `then` on the admin loop with the raw signature: at once, or in a later iteration, where no view into a
// snapshot is good any more. Empty: there is none, and a later try may get one. Loop thread; allocates.
void sign_for_admin(AdminService& admin, const SigningKey& key, std::string input,
                    std::function<void(std::string_view signature)> then);

}  // namespace signet
