// Which implementation signs in lanes: chosen once at start, and given up for good at the first signature that is
// wrong. One state for the process, read by every signer at every group.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "keystore/signing/lanes/ed25519_lanes.h"
#include "keystore/signing/lanes/p256/p256_lanes.h"
#include "keystore/signing/lanes/rsa/rsa_lanes.h"

namespace signet::lanes {

enum class LaneState : uint8_t {
  kNotStarted,
  kNotWanted,
  kUnsupported,     // the processor or the system lacks something
  kSelfTestFailed,  // the table or a known answer is not what it must be
  kRunning,
  kFaulty,  // a signature was wrong
};

struct LaneOptions {
  bool wanted = true;
  uint32_t spot_check = 1024;      // of so many full groups one has a lane checked; 0 = of none
  std::function<void()> on_fault;  // on the thread that found it, at most once; must not block
  // Tests: other implementations, on whatever processor; with one of them the other algorithms have none.
  Ed25519Sign ed25519 = nullptr;
  const RsaLanes* rsa = nullptr;
  p256::Sign p256 = nullptr;
};

// start_lanes compares a few groups with libsodium and OpenSSL and, when all is right, lets the lanes sign. Once,
// before anything is signed (tests: again, while nothing is). sodium_init was called, and OpenSSL has its memory. Takes
// some milliseconds.
LaneState start_lanes(LaneOptions options);

// Any thread, all of them.
LaneState lane_state();
std::string_view signer_name(LaneState state);      // "lanes" or "portable"
std::string_view lane_state_text(LaneState state);  // for people: why it is so
uint32_t lane_spot_check();

// ed25519_lanes: null unless running. With base_table(), which is not null then.
Ed25519Sign ed25519_lanes();
// rsa_lanes: likewise.
const RsaLanes* rsa_lanes();
// p256_lanes: likewise, with p256::base_table().
p256::Sign p256_lanes();

// lanes_faulty: no group is signed in lanes any more. Groups of other threads that are being signed are not stopped;
// they are compared as every one is.
void lanes_faulty();

}  // namespace signet::lanes
