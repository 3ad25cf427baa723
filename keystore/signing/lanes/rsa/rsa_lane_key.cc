#include "keystore/signing/lanes/rsa/rsa_lane_key.h"

#include <array>
#include <cstring>

#include "keystore/signing/lanes/openssl_handles.h"
#include "keystore/signing/lanes/rsa/limbs52.h"
#include "protocol/base/secret_bytes.h"

namespace signet::lanes {
namespace {

constexpr int kLimbBits = 52;
constexpr size_t kOctetsMax = 384;
constexpr BN_ULONG kPublicExponent = 65537;

// -1/odd mod 2^52: 3 odd ^ 2 inverts it modulo 2^5, and each step doubles the bits.
uint64_t negative_inverse(uint64_t odd) {
  uint64_t inverse = 3 * odd ^ 2;
  for (int bits = 5; bits < kLimbBits; bits *= 2) inverse *= 2 - odd * inverse;
  return (0 - inverse) & ((uint64_t{1} << kLimbBits) - 1);
}

template <size_t N>
bool write_limbs(const BIGNUM* number, uint64_t (&to)[N]) {
  std::array<uint8_t, kOctetsMax> octets;
  const bool fits = BN_bn2binpad(number, octets.data(), static_cast<int>(octets.size())) > 0;
  if (fits) limbs_of_octets(octets, to, N, 1);
  wipe(octets);
  return fits;
}

bool write_words(const BIGNUM* number, uint64_t (&to)[kExponentWords]) {
  std::array<uint8_t, sizeof to> octets;
  const bool fits = BN_bn2lebinpad(number, octets.data(), static_cast<int>(octets.size())) > 0;
  if (fits) std::memcpy(to, octets.data(), sizeof to);
  wipe(octets);
  return fits;
}

// Writes times * R^power mod modulus, where R has `limbs` limbs.
template <size_t N>
bool write_power(const BIGNUM* modulus, int limbs, int power, const BIGNUM* times, uint64_t (&to)[N], BN_CTX* context) {
  const BigNumber number(BN_secure_new());
  return number && BN_lshift(number.get(), times, limbs * kLimbBits * power) == 1 &&
         BN_nnmod(number.get(), number.get(), modulus, context) == 1 && write_limbs(number.get(), to);
}

// 1/number modulo another, without a branch on either.
BigNumber inverse_of(const BIGNUM* number, const BIGNUM* modulo, BN_CTX* context) {
  BigNumber inverse(BN_secure_new());
  const BigNumber modulus(BN_dup(modulo));
  if (!inverse || !modulus) return nullptr;
  BN_set_flags(modulus.get(), BN_FLG_CONSTTIME);
  return BN_mod_inverse(inverse.get(), number, modulus.get(), context) != nullptr ? std::move(inverse) : nullptr;
}

bool write_exponents(const BIGNUM* prime, RsaLanePrime& to, BN_CTX* context) {
  const BigNumber number(BN_secure_new()), e(BN_new());
  if (!number || !e || BN_set_word(e.get(), kPublicExponent) != 1 || BN_copy(number.get(), prime) == nullptr ||
      BN_sub_word(number.get(), 1) != 1) {
    return false;
  }
  const BigNumber d = inverse_of(e.get(), number.get(), context);
  return d && write_words(d.get(), to.exponent) && BN_sub_word(number.get(), 1) == 1 &&
         write_words(number.get(), to.inverting);
}

bool write_prime(const BIGNUM* prime, int limbs, RsaLanePrime& to, BN_CTX* context) {
  if (!write_limbs(prime, to.limb)) return false;
  to.factor = negative_inverse(to.limb[0]);
  return write_power(prime, limbs, 1, BN_value_one(), to.one, context) &&
         write_power(prime, limbs, 2, BN_value_one(), to.square, context) &&
         write_power(prime, limbs, 3, BN_value_one(), to.cube, context) && write_exponents(prime, to, context);
}

bool write_key(const RsaNumbers& numbers, RsaLaneKey& to) {
  const BigNumberContext context(BN_CTX_secure_new());
  if (!context) return false;
  to.blocks = BN_num_bits(numbers.n) / 1024;
  const int half = to.blocks * kBlock, whole = 2 * half;
  if (!write_prime(numbers.p, half, to.p, context.get()) || !write_prime(numbers.q, half, to.q, context.get()) ||
      !write_limbs(numbers.n, to.modulus)) {
    return false;
  }
  to.factor = negative_inverse(to.modulus[0]);
  const BigNumber inverse = inverse_of(numbers.q, numbers.p, context.get());
  return inverse && write_power(numbers.p, half, 1, inverse.get(), to.inverse_of_q, context.get()) &&
         write_power(numbers.n, whole, 2, BN_value_one(), to.square, context.get()) &&
         write_power(numbers.n, whole, 1, numbers.q, to.q_modulo_n, context.get());
}

// Half the bits each: the bounds of montgomery.h and rsa_group.h build on it.
bool takes(const RsaNumbers& numbers) {
  const int bits = BN_num_bits(numbers.n);
  return rsa_lanes_take(bits) && 2 * BN_num_bits(numbers.p) == bits && 2 * BN_num_bits(numbers.q) == bits &&
         BN_is_odd(numbers.p) && BN_is_odd(numbers.q) && BN_is_odd(numbers.n);
}

}  // namespace

bool rsa_lanes_take(int bits) { return bits == 2048 || bits == 3072; }

bool make_rsa_lane_key(const RsaNumbers& numbers, RsaLaneKey& to) {
  if (takes(numbers) && write_key(numbers, to)) return true;
  wipe({reinterpret_cast<uint8_t*>(&to), sizeof to});
  return false;
}

}  // namespace signet::lanes
