// serve_sealed: the daemon while its vault is sealed. The public listeners answer 503 to everything but /healthz; the
// admin socket takes what opens the vault. No key is in this process.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config.h"
#include "daemon/http/server_loop.h"
#include "daemon/sealed/sealed_admin.h"

namespace signet {

// Serves until somebody opened the vault, or SIGTERM or SIGINT (then nothing is given). Its listeners are closed at
// return. The error is a complete text for the operator. Blocks; the main thread.
std::expected<std::optional<Unsealed>, std::string> serve_sealed(const Config& config,
                                                                 const std::vector<http::ListenAddress>& listen);

}  // namespace signet
