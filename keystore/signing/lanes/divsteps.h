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

// Steps are made on the lowest 20 bits of f and g, then on the next. With n of them to do, one word holds a row: f +
// u 2^(21 + n) + v 2^(42 + n), and what a step does to f it does to u and v along with it. In units of 2^(21 + n) and
// 2^(42 + n), |u| + |v| is never above 1: it is 1 in the first rows, and a step halves a sum of two rows or one row. u
// and v are multiples of 2^-i after i steps, and no two rows are alike up to their sign (the determinant is not zero),
// so that |v| sums up to at most 2 - 2^-i in a sum of two rows: it is below 2^63. After n steps the units are 2^21 and
// 2^42, u and v whole numbers with |u| + |v| <= 2^n <= 2^20, and |f| < 2^20. Only a row that was never summed up can
// have 2^n, which has no place in 21 bits; but -2^n has. So the rows begin as (-1, 0) and (0, -1). That changes the
// sign of f and g together, which steps do not mind, nor who reads f's sign at the end.
inline constexpr int kChunkBits = 20;
inline constexpr int kUnit = kChunkBits + 1, kUnits = 2 * kUnit;

// One step. g becomes g + f, or g - f where delta > 0 and the two change places, if it is odd; and its half.
// Written out for the processor: whatever the compiler would make of it waits longer, and it might branch.
SIGNET_DIVSTEPS void step(uint64_t& zeta, uint64_t& f, uint64_t& g) {
#if defined(__x86_64__)
  uint64_t sum = g + f, difference = g - f, to_f = f, to_zeta = ~uint64_t{0};
  asm("sub %[zeta], %[to_zeta]\n\t"  // -1 - zeta, negative where delta <= 0
      "cmovs %[zeta], %[to_zeta]\n\t"
      "cmovns %[difference], %[sum]\n\t"
      "cmovns %[g], %[to_f]\n\t"
      "bt $0, %[g]\n\t"
      "cmovc %[sum], %[g]\n\t"
      "cmovc %[to_f], %[f]\n\t"
      "cmovc %[to_zeta], %[zeta]\n\t"
      "sar $1, %[g]\n\t"
      "dec %[zeta]"
      : [zeta] "+&r"(zeta), [f] "+&r"(f), [g] "+&r"(g), [sum] "+&r"(sum), [to_f] "+&r"(to_f), [to_zeta] "+&r"(to_zeta)
      : [difference] "r"(difference)
      : "cc");
#else
  const uint64_t odd = opaque(0 - (g & 1)),
                 swap = opaque(static_cast<uint64_t>(static_cast<int64_t>(zeta) >> 63)) & odd;
  const uint64_t sum = g + (((f ^ swap) - swap) & odd);
  f ^= (f ^ g) & swap;
  zeta = (zeta ^ swap) - 1;
  g = static_cast<uint64_t>(static_cast<int64_t>(sum) >> 1);
#endif
}

// `count` steps, at most kChunkBits, on the lowest bits of f, which is odd, and g. `zeta` is -(delta + 1/2).
template <int count>
SIGNET_DIVSTEPS uint64_t chunk(uint64_t zeta, uint64_t f, uint64_t g, Matrix& matrix) {
  constexpr uint64_t kLow = (uint64_t{1} << kChunkBits) - 1;
  f = (f & kLow) - (uint64_t{1} << (kUnit + count));
  g = (g & kLow) - (uint64_t{1} << (kUnits + count));
#pragma GCC unroll 20
  for (int i = 0; i < count; ++i) step(zeta, f, g);
  const auto lower = [](uint64_t row) {
    return static_cast<int64_t>((row + (uint64_t{1} << kChunkBits)) << (64 - kUnits)) >> (64 - kUnit);
  };
  const auto upper = [](uint64_t row) {
    return static_cast<int64_t>(row + (uint64_t{1} << kChunkBits) + (uint64_t{1} << (kUnits - 1))) >> kUnits;
  };
  matrix = {lower(f), upper(f), lower(g), upper(g)};
  return zeta;
}

// What `first` and then `second` do.
SIGNET_DIVSTEPS Matrix composed(const Matrix& second, const Matrix& first) {
  return {second.u * first.u + second.v * first.q, second.u * first.v + second.v * first.r,
          second.q * first.u + second.r * first.q, second.q * first.v + second.r * first.r};
}

// The lowest words of f and g after `count` steps, of which the upper bits do not count.
template <int count>
SIGNET_DIVSTEPS void apply_low(const Matrix& m, uint64_t& f, uint64_t& g) {
  const auto u = static_cast<uint64_t>(m.u), v = static_cast<uint64_t>(m.v);
  const auto q = static_cast<uint64_t>(m.q), r = static_cast<uint64_t>(m.r);
  const uint64_t to_f = u * f + v * g, to_g = q * f + r * g;
  f = to_f >> count;
  g = to_g >> count;
}

// kSteps steps on the lowest bits of f, which is odd, and g.
SIGNET_DIVSTEPS uint64_t steps(uint64_t zeta, uint64_t f, uint64_t g, Matrix& matrix) {
  Matrix first, second, third;
  zeta = chunk<20>(zeta, f, g, first);
  apply_low<20>(first, f, g);
  zeta = chunk<20>(zeta, f, g, second);
  apply_low<20>(second, f, g);
  zeta = chunk<19>(zeta, f, g, third);
  matrix = composed(third, composed(second, first));
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
  uint64_t zeta = ~uint64_t{0};  // delta = 1/2
#pragma GCC unroll 1
  for (int batch = 0; batch < kBatches; ++batch) {
    Matrix matrix;
    // The limbs are 59 bits wide; as many steps look at no more.
    zeta = steps(zeta, static_cast<uint64_t>(f.limb[0]), static_cast<uint64_t>(g.limb[0]), matrix);
    apply(matrix, f, g);  // the next batch waits for it
    apply_modulo<Modulus>(matrix, d, e);
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
