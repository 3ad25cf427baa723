// --dev: a daemon that a newcomer can use at once, on loopback only, with keys and demo clients of its own.
#pragma once

#include <expected>
#include <string>

#include "daemon/config.h"
#include "daemon/options.h"
#include "keystore/keystore.h"

namespace signet {

// What a password costs in development: nothing that it protects is worth 64 MiB of memory on a small machine.
inline constexpr PasswordCost kDevPasswordCost{.memory_kib = 1024, .passes = 1};

// dev_config gives the configuration of `signetd --dev`.
Config dev_config(const Options& options);

// prepare_dev makes what is not there yet of: an active key of EdDSA, ES256, PS256 and RS256; client `demo`; resource
// server `demo-rs`; their secrets in DIR/demo-secret and DIR/demo-rs-secret (mode 0600). Returns when all is durable.
// Blocks (RSA keys: seconds, the first time). Start only.
std::expected<void, std::string> prepare_dev(Keystore& keystore, const std::string& data_dir);

}  // namespace signet
