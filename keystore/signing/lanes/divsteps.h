// Inverses modulo a prime by steps of division after Bernstein and Yang ("Fast constant-time gcd computation and
// modular inversion", 2019), in the form that starts from delta = 1/2, where 590 steps are enough for any odd modulus
// below 2^256 and any number below it. No branch and no address depends on the number. For the files that give these
// inverses a name; everything is inlined there.
#pragma once

#include <cstdint>

#define SIGNET_DIVSTEPS [[gnu::always_inline]] inline

namespace signet::lanes {

// A Modulus has kLimbs, five signed limbs of 59 bits (any that sum up to it, the highest positive), and kInverse,
// 1 / modulus mod 2^59.
namespace divsteps {

using Wide = __int128;
inline constexpr int kSteps = 59;  // in one batch, which looks at the lowest limbs alone
inline constexpr int kBatches = 10;
inline constexpr uint64_t kMask = (uint64_t{1} << kSteps) - 1;

// Signed numbers in limbs of 59 bits; the highest one carries the sign.
struct Number {
  int64_t limb[5];
};

// What a batch of steps does to (f, g), times 2^59: f' = u f + v g, g' = q f + r g.
struct Matrix {
  int64_t u, v, q, r;
};

// The compiler must not learn that a mask has two values only: it would branch.
SIGNET_DIVSTEPS uint64_t opaque(uint64_t mask) {
  asm("" : "+r"(mask));
  return mask;
}

// 59 steps on the lowest bits of f, which is odd, and g. `zeta` is -(delta + 1/2).
SIGNET_DIVSTEPS int64_t steps(int64_t zeta, uint64_t f, uint64_t g, Matrix& matrix) {
  uint64_t u = 1, v = 0, q = 0, r = 1;
#pragma GCC unroll 1
  for (int i = 0; i < kSteps; ++i) {
    uint64_t swap = opaque(static_cast<uint64_t>(zeta >> 63));  // delta > 0
    const uint64_t odd = opaque(0 - (g & 1));
    // g becomes g + f, or g - f where delta > 0 and the two change places, if g is odd.
    g += ((f ^ swap) - swap) & odd;
    q += ((u ^ swap) - swap) & odd;
    r += ((v ^ swap) - swap) & odd;
    swap &= odd;
    zeta = static_cast<int64_t>(static_cast<uint64_t>(zeta) ^ swap) - 1;
    f += g & swap;
    u += q & swap;
    v += r & swap;
    g >>= 1;
    u <<= 1;
    v <<= 1;
  }
  matrix = {static_cast<int64_t>(u), static_cast<int64_t>(v), static_cast<int64_t>(q), static_cast<int64_t>(r)};
  return zeta;
}

SIGNET_DIVSTEPS Wide dot(int64_t a, int64_t x, int64_t b, int64_t y) { return Wide{a} * x + Wide{b} * y; }

// (f, g) times the matrix, divided by 2^59, which leaves no remainder.
SIGNET_DIVSTEPS void apply(const Matrix& m, Number& f, Number& g) {
  Wide to_f = dot(m.u, f.limb[0], m.v, g.limb[0]) >> kSteps, to_g = dot(m.q, f.limb[0], m.r, g.limb[0]) >> kSteps;
#pragma GCC unroll 4
  for (int i = 1; i < 5; ++i) {
    to_f += dot(m.u, f.limb[i], m.v, g.limb[i]);
    to_g += dot(m.q, f.limb[i], m.r, g.limb[i]);
    f.limb[i - 1] = static_cast<int64_t>(static_cast<uint64_t>(to_f) & kMask), to_f >>= kSteps;
    g.limb[i - 1] = static_cast<int64_t>(static_cast<uint64_t>(to_g) & kMask), to_g >>= kSteps;
  }
  f.limb[4] = static_cast<int64_t>(to_f);
  g.limb[4] = static_cast<int64_t>(to_g);
}

// The same modulo m: as many m are added as make it divisible. Both stay in (-2m, m).
template <class Modulus>
SIGNET_DIVSTEPS void apply_modulo(const Matrix& m, Number& d, Number& e) {
  const int64_t d_sign = d.limb[4] >> 63, e_sign = e.limb[4] >> 63;
  int64_t m_d = (m.u & d_sign) + (m.v & e_sign), m_e = (m.q & d_sign) + (m.r & e_sign);
  Wide to_d = dot(m.u, d.limb[0], m.v, e.limb[0]), to_e = dot(m.q, d.limb[0], m.r, e.limb[0]);
  m_d -= static_cast<int64_t>((Modulus::kInverse * static_cast<uint64_t>(to_d) + static_cast<uint64_t>(m_d)) & kMask);
  m_e -= static_cast<int64_t>((Modulus::kInverse * static_cast<uint64_t>(to_e) + static_cast<uint64_t>(m_e)) & kMask);
  to_d += Wide{Modulus::kLimbs[0]} * m_d, to_d >>= kSteps;
  to_e += Wide{Modulus::kLimbs[0]} * m_e, to_e >>= kSteps;
#pragma GCC unroll 4
  for (int i = 1; i < 5; ++i) {
    to_d += dot(m.u, d.limb[i], m.v, e.limb[i]);
    to_e += dot(m.q, d.limb[i], m.r, e.limb[i]);
    if (Modulus::kLimbs[i] != 0) to_d += Wide{Modulus::kLimbs[i]} * m_d, to_e += Wide{Modulus::kLimbs[i]} * m_e;
    d.limb[i - 1] = static_cast<int64_t>(static_cast<uint64_t>(to_d) & kMask), to_d >>= kSteps;
    e.limb[i - 1] = static_cast<int64_t>(static_cast<uint64_t>(to_e) & kMask), to_e >>= kSteps;
  }
  d.limb[4] = static_cast<int64_t>(to_d);
  e.limb[4] = static_cast<int64_t>(to_e);
}

SIGNET_DIVSTEPS void carry(Number& a) {
  for (int i = 0; i < 4; ++i) {
    a.limb[i + 1] += a.limb[i] >> kSteps;
    a.limb[i] &= static_cast<int64_t>(kMask);
  }
}

template <class Modulus>
SIGNET_DIVSTEPS void add_modulus_if_negative(Number& a) {
  const auto mask = static_cast<int64_t>(opaque(static_cast<uint64_t>(a.limb[4] >> 63)));
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) a.limb[i] += Modulus::kLimbs[i] & mask;
}

}  // namespace divsteps

// inverse_modulo puts 1 / a modulo `Modulus` in the place of a, which is below it; 0 stays 0.
template <class Modulus>
SIGNET_DIVSTEPS void inverse_modulo(uint64_t (&a)[4]) {
  using namespace divsteps;
  Number d = {{0, 0, 0, 0, 0}}, e = {{1, 0, 0, 0, 0}};
  Number f;
  for (int i = 0; i < 5; ++i) f.limb[i] = Modulus::kLimbs[i];
  Number g = {{static_cast<int64_t>(a[0] & kMask), static_cast<int64_t>((a[0] >> 59 | a[1] << 5) & kMask),
               static_cast<int64_t>((a[1] >> 54 | a[2] << 10) & kMask),
               static_cast<int64_t>((a[2] >> 49 | a[3] << 15) & kMask), static_cast<int64_t>(a[3] >> 44)}};
  int64_t zeta = -1;
#pragma GCC unroll 1
  for (int batch = 0; batch < kBatches; ++batch) {
    Matrix matrix;
    // The limbs are 59 bits wide; as many steps look at no more.
    zeta = steps(zeta, static_cast<uint64_t>(f.limb[0]), static_cast<uint64_t>(g.limb[0]), matrix);
    apply_modulo<Modulus>(matrix, d, e);
    apply(matrix, f, g);
  }
  // f is 1 or -1 now, and d its sign times the inverse.
  add_modulus_if_negative<Modulus>(d);
  const auto sign = static_cast<int64_t>(opaque(static_cast<uint64_t>(f.limb[4] >> 63)));
  for (int64_t& limb : d.limb) limb = (limb ^ sign) - sign;
  carry(d);
  add_modulus_if_negative<Modulus>(d);
  carry(d);
  const auto limb = [&d](int i) { return static_cast<uint64_t>(d.limb[i]); };
  a[0] = limb(0) | limb(1) << 59;
  a[1] = limb(1) >> 5 | limb(2) << 54;
  a[2] = limb(2) >> 10 | limb(3) << 49;
  a[3] = limb(3) >> 15 | limb(4) << 44;
}

#undef SIGNET_DIVSTEPS

}  // namespace signet::lanes
