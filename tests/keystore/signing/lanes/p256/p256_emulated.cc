#include "tests/keystore/signing/lanes/p256/p256_emulated.h"

#include "keystore/signing/lanes/p256/p256_group.h"
#include "keystore/signing/lanes/vector_emulated.h"

namespace signet::lanes::p256 {

Outcome sign_emulated(const BaseTable& table, const LaneJob* jobs, size_t groups) {
  return sign_and_wipe<Emulated>(table, jobs, groups);
}

}  // namespace signet::lanes::p256
