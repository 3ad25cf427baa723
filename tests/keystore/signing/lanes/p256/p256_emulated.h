// The signer of the lanes over emulated vectors (vector_emulated.h).
#pragma once

#include "keystore/signing/lanes/p256/p256_lanes.h"

namespace signet::lanes::p256 {

Outcome sign_emulated(const BaseTable& table, const LaneJob* jobs, size_t groups);

}  // namespace signet::lanes::p256
