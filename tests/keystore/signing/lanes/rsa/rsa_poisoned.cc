// Signs with keys and messages that memcheck takes for undefined, over emulated vectors: the same code as over the
// processor's, which valgrind does not know. A branch or an address that depends on them is an error. Ends with 0 when
// the signatures are right. With the argument `control` it branches on one, which must be found.
#include <openssl/core_names.h>
#include <valgrind/memcheck.h>

#include <cstdio>
#include <random>
#include <string_view>

#include "tests/keystore/signing/lanes/rsa/numbers.h"
#include "tests/keystore/signing/lanes/rsa/test_key.h"

namespace signet::lanes {
namespace {

template <class T>
void poison(T& secret) {
  VALGRIND_MAKE_MEM_UNDEFINED(&secret, sizeof secret);
}
template <class T>
void cure(T& known) {
  VALGRIND_MAKE_MEM_DEFINED(&known, sizeof known);
}

RsaLaneNumbers random_numbers(int bits, std::mt19937_64& random) {
  RsaLaneNumbers numbers{};
  for (size_t lane = 0; lane < kLanes; ++lane) {
    const auto own = random_number(bits - 1, random).limbs(kLimbsMax, 52);
    for (size_t k = 0; k < kLimbsMax; ++k) numbers.limb[k][lane] = own[k];
  }
  return numbers;
}

BigNumber of(const RsaLaneNumbers& numbers, size_t lane) {
  std::vector<uint64_t> own;
  for (const auto& limb : numbers.limb) own.push_back(limb[lane]);
  return BigNumber::of_limbs(own, 52);
}

int run(int bits, bool control) {
  const TestKey& made = key_of(bits);
  RsaLaneKey key = made.lanes();
  // Everything but the number of limbs and the public modulus.
  poison(key.p);
  poison(key.q);
  poison(key.inverse_of_q);
  poison(key.q_modulo_n);
  if (control && key.p.exponent[0] == 0) std::puts("a branch on a secret");

  std::mt19937_64 random(53);
  RsaLaneNumbers random_ones = random_numbers(bits, random);
  const RsaLaneNumbers messages = random_numbers(bits, random);
  RsaLaneNumbers poisoned = messages, signatures;
  poison(random_ones);
  poison(poisoned);
  RsaLaneBlinding blinding;
  rsa_lanes_emulated.blind(key, random_ones, blinding);
  bool right = rsa_lanes_emulated.sign(key, blinding, poisoned, signatures);
  cure(right);
  cure(signatures);
  if (!right) return std::puts("the lanes find it wrong"), 1;
  const BigNumber n = made.number(OSSL_PKEY_PARAM_RSA_N);
  for (size_t lane = 0; lane < kLanes; ++lane) {
    if (of(signatures, lane).power(65537, n) != of(messages, lane)) return std::puts("a signature is wrong"), 1;
  }
  return 0;
}

}  // namespace
}  // namespace signet::lanes

int main(int argc, char** argv) {
  const bool control = argc > 1 && std::string_view(argv[1]) == "control";
  return signet::lanes::run(2048, control);  // with 3072 bits, loops run longer
}
