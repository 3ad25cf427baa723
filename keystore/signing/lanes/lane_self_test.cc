#include "keystore/signing/lanes/lane_self_test.h"

#include <sodium.h>

#include <array>
#include <cstring>

#include "keystore/signing/lanes/ed25519_lane_key.h"

namespace signet::lanes {
namespace {

// Both sides of the ends of SHA-512's blocks, behind 32 octets and behind 64; and the longest.
constexpr std::array<size_t, 2 * kLanes> kLengths{0,   1,   47,  48,  79,  80,  95,   96,
                                                  175, 176, 207, 208, 300, 304, 1000, kMessageMax};

struct Lane {
  std::array<uint8_t, crypto_sign_SECRETKEYBYTES> secret;
  Ed25519LaneKey key;
  std::array<uint8_t, crypto_sign_BYTES> signature;
};

}  // namespace

bool ed25519_lanes_hold(const BaseTable& table, Ed25519Sign sign) {
  std::array<uint8_t, kMessageMax> message;
  for (size_t i = 0; i < message.size(); ++i) message[i] = static_cast<uint8_t>(i * 7 + i / 256);
  std::array<Lane, kLengths.size()> lanes;
  std::array<Ed25519LaneJob, kLengths.size()> jobs;
  for (size_t i = 0; i < lanes.size(); ++i) {
    std::array<uint8_t, crypto_sign_SEEDBYTES> seed{};  // nobody's key
    std::array<uint8_t, crypto_sign_PUBLICKEYBYTES> public_key;
    seed[i] = 1;
    crypto_sign_seed_keypair(public_key.data(), lanes[i].secret.data(), seed.data());
    make_ed25519_lane_key(lanes[i].secret, lanes[i].key);
    lanes[i].signature = {};
    jobs[i] = {&lanes[i].key, {message.data(), kLengths[i]}, lanes[i].signature.data()};
  }
  bool holds = sign(table, jobs.data(), jobs.size() / kLanes);
  for (size_t i = 0; i < lanes.size(); ++i) {
    std::array<uint8_t, crypto_sign_BYTES> wanted;
    crypto_sign_detached(wanted.data(), nullptr, message.data(), kLengths[i], lanes[i].secret.data());
    holds = holds && wanted == lanes[i].signature;
  }
  return holds;
}

}  // namespace signet::lanes
