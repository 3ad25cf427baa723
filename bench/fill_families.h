// Families in bulk, for fill_store.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "bench/in_flight.h"
#include "keystore/keystore.h"

namespace signet::bench {

struct FamilyFill {
  std::string client_id;
  uint64_t count = 0;
  // The current tokens of every so many families go here, a line each; null = none do.
  std::ostream* tokens = nullptr;
  uint64_t tokens_every = 1;
};

// fill_families creates families, each rotated once, as `token issue --refresh` and a refresh would, and waits for the
// last commit.
void fill_families(Keystore& keystore, const FamilyFill& fill, InFlight& flight);

}  // namespace signet::bench
