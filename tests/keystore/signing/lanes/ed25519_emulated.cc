// The signer of the lanes over emulated vectors.
#include "keystore/signing/lanes/ed25519_group.h"
#include "keystore/signing/lanes/vector_emulated.h"
#include "tests/keystore/signing/lanes/primitives.h"

namespace signet::lanes {

bool ed25519_sign_emulated(const BaseTable& table, const Ed25519LaneJob* jobs, size_t groups) {
  return sign_and_wipe<Emulated>(table, jobs, groups);
}

}  // namespace signet::lanes
