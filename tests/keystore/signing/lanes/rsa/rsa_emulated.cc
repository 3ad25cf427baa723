// The signer of the lanes over emulated vectors.
#include "keystore/signing/lanes/rsa/rsa_group.h"
#include "keystore/signing/lanes/vector_emulated.h"
#include "tests/keystore/signing/lanes/rsa/rsa_primitives.h"

namespace signet::lanes {

const RsaLanes rsa_lanes_emulated{blind_and_wipe<Emulated>, sign_and_wipe<Emulated>};

}  // namespace signet::lanes
