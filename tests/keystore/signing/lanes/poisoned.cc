// Signs with keys and messages that memcheck takes for undefined, over emulated vectors: the same code as over the
// processor's, which valgrind does not know. A branch or an address that depends on them is an error. Ends with 0 when
// the signatures are libsodium's. With the argument `control` it branches on one, which must be found.
#include <sodium.h>
#include <valgrind/memcheck.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "keystore/signing/lanes/ed25519_lane_key.h"
#include "tests/keystore/signing/lanes/primitives.h"

namespace signet::lanes {
namespace {

constexpr size_t kGroups = 2;
constexpr size_t kJobs = kGroups * kLanes;

template <class T>
void poison(T& secret) {
  VALGRIND_MAKE_MEM_UNDEFINED(&secret, sizeof secret);
}

int run(bool control) {
  std::array<std::array<uint8_t, 64>, 2> secret_keys{};
  std::array<Ed25519LaneKey, 2> keys{};
  for (size_t i = 0; i < keys.size(); ++i) {
    std::array<uint8_t, 32> seed{}, public_key{};
    seed.fill(static_cast<uint8_t>(i + 1));
    crypto_sign_seed_keypair(public_key.data(), secret_keys[i].data(), seed.data());
    make_ed25519_lane_key(secret_keys[i], keys[i]);
  }
  const std::array<uint8_t, kMidstateOctets> begin{9};
  Ed25519LaneMidstate midstate;
  make_ed25519_lane_midstate(keys[0], begin, midstate);
  poison(midstate);
  // Everything of a key is poisoned but its public half.
  for (Ed25519LaneKey& key : keys) {
    poison(key.prefix);
    poison(key.secret);
  }
  if (control && keys[0].prefix[0] == 0) std::puts("a branch on a secret");

  std::array<std::vector<uint8_t>, kJobs> messages, poisoned;
  std::array<std::array<uint8_t, 64>, kJobs> signatures{};
  std::vector<Ed25519LaneJob> jobs;
  // The second group is of one key and begins alike.
  const auto key_of = [](size_t i) { return i < kLanes ? i % 2 : 0; };
  for (size_t i = 0; i < kJobs; ++i) {
    messages[i].assign(i * 37, static_cast<uint8_t>(i));
    if (i >= kLanes) std::ranges::copy(begin, messages[i].begin());
    poisoned[i] = messages[i];
    if (!poisoned[i].empty()) VALGRIND_MAKE_MEM_UNDEFINED(poisoned[i].data(), poisoned[i].size());
    jobs.push_back({&keys[key_of(i)],
                    {poisoned[i].data(), poisoned[i].size()},
                    signatures[i].data(),
                    i < kLanes ? nullptr : &midstate});
  }
  bool on_curve = ed25519_sign_emulated(*base_table(), jobs.data(), kGroups);
  VALGRIND_MAKE_MEM_DEFINED(&on_curve, sizeof on_curve);  // true of every secret
  if (!on_curve) return std::puts("off the curve"), 1;
  VALGRIND_MAKE_MEM_DEFINED(signatures.data(), sizeof signatures);
  for (size_t i = 0; i < kJobs; ++i) {
    std::array<uint8_t, 64> wanted{};
    crypto_sign_detached(wanted.data(), nullptr, messages[i].data(), messages[i].size(), secret_keys[key_of(i)].data());
    if (wanted != signatures[i]) return std::printf("signature %zu is wrong\n", i), 1;
  }
  return 0;
}

}  // namespace
}  // namespace signet::lanes

int main(int argc, char** argv) {
  if (sodium_init() < 0) return 1;
  return signet::lanes::run(argc > 1 && std::string_view(argv[1]) == "control");
}
