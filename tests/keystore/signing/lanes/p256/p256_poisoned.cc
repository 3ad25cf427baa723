// Signs with keys, random octets and digests that memcheck takes for undefined, over emulated vectors: the same code as
// over the processor's, which valgrind does not know. A branch or an address that depends on them is an error. Ends
// with 0 when the signatures are right. With the argument `control` it branches on one, which must be found.
#include <sodium.h>
#include <valgrind/memcheck.h>

#include <cstdio>
#include <string_view>

#include "tests/keystore/signing/lanes/p256/p256_emulated.h"
#include "tests/keystore/signing/lanes/p256/reference.h"

namespace signet::lanes::p256 {
namespace {

constexpr size_t kGroups = 2;
constexpr size_t kJobs = kGroups * kLanes;

int run(bool control) {
  std::vector<Key> keys;
  keys.emplace_back(BigNumber::power_of_two(250) + BigNumber(5));
  keys.emplace_back(order() - BigNumber(3));
  std::vector<std::array<uint8_t, 64>> wanted;
  std::array<std::array<uint8_t, kInputSize>, kJobs> inputs{};
  std::array<std::array<uint8_t, 64>, kJobs> signatures{};
  std::vector<LaneJob> jobs;
  // The second group is of one key.
  const auto key_of = [](size_t i) { return i < kLanes ? i % 2 : 0; };
  for (size_t i = 0; i < kJobs; ++i) {
    inputs[i].fill(static_cast<uint8_t>(17 * i));
    wanted.push_back(signature(keys[key_of(i)], inputs[i]));
    jobs.push_back({&keys[key_of(i)].lanes, inputs[i].data(), signatures[i].data()});
  }
  const BaseTable* table = base_table();
  if (table == nullptr) return std::puts("no table"), 1;
  // From the scalar on, nothing of a key may decide anything.
  for (Key& key : keys) {
    auto scalar = big_endian(key.scalar);
    VALGRIND_MAKE_MEM_UNDEFINED(scalar.data(), scalar.size());
    make_lane_key(scalar, key.lanes);
    VALGRIND_MAKE_MEM_UNDEFINED(&key.lanes, sizeof key.lanes);
  }
  VALGRIND_MAKE_MEM_UNDEFINED(inputs.data(), sizeof inputs);
  if (control && keys[0].lanes.secret[0] == 0) std::puts("a branch on a secret");

  Outcome outcome = sign_emulated(*table, jobs.data(), kGroups);
  VALGRIND_MAKE_MEM_DEFINED(&outcome, sizeof outcome);  // true of every secret
  if (!outcome.right || outcome.refused != 0) return std::puts("the lanes find it wrong"), 1;
  VALGRIND_MAKE_MEM_DEFINED(signatures.data(), sizeof signatures);
  for (size_t i = 0; i < kJobs; ++i) {
    if (wanted[i] != signatures[i]) return std::printf("signature %zu is wrong\n", i), 1;
  }
  return 0;
}

}  // namespace
}  // namespace signet::lanes::p256

int main(int argc, char** argv) {
  if (sodium_init() < 0) return 1;
  return signet::lanes::p256::run(argc > 1 && std::string_view(argv[1]) == "control");
}
