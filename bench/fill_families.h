// Families in bulk, for fill_store.
#pragma once

#include <cstdint>
#include <string>

#include "bench/in_flight.h"
#include "keystore/store/store.h"

namespace signet::bench {

// fill_families creates `count` families of `client_id`, each rotated once, with random hashes as live ones have, and
// waits for the last commit.
void fill_families(Store& store, const std::string& client_id, uint64_t count, InFlight& flight);

}  // namespace signet::bench
