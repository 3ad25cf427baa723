// Avx512: eight lanes of 64 bits in one register. Only for files that are compiled for AVX-512 F, DQ, BW, VL, IFMA,
// VBMI. The same interface as Emulated (vector_emulated.h), which says what each operation does.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "keystore/signing/lanes/inline.h"

namespace signet::lanes {

struct Avx512 {
  using Mask = __mmask8;
  __m512i v;

  SIGNET_LANES_INLINE static Avx512 splat(uint64_t value) { return {_mm512_set1_epi64(static_cast<int64_t>(value))}; }
  SIGNET_LANES_INLINE static Avx512 load(const uint64_t* from) { return {_mm512_load_si512(from)}; }
  SIGNET_LANES_INLINE void store(uint64_t* to) const { _mm512_store_si512(to, v); }
  SIGNET_LANES_INLINE static Avx512 load_octets(const uint8_t* from, uint64_t present, uint64_t end) {
    const __m512i read = _mm512_maskz_loadu_epi8(present, from);
    return {_mm512_mask_mov_epi8(read, end, _mm512_set1_epi8(static_cast<char>(0x80)))};
  }

  SIGNET_LANES_INLINE friend Avx512 operator+(Avx512 a, Avx512 b) { return {_mm512_add_epi64(a.v, b.v)}; }
  SIGNET_LANES_INLINE friend Avx512 operator-(Avx512 a, Avx512 b) { return {_mm512_sub_epi64(a.v, b.v)}; }
  SIGNET_LANES_INLINE friend Avx512 operator&(Avx512 a, Avx512 b) { return {_mm512_and_si512(a.v, b.v)}; }
  SIGNET_LANES_INLINE friend Avx512 operator|(Avx512 a, Avx512 b) { return {_mm512_or_si512(a.v, b.v)}; }
  SIGNET_LANES_INLINE friend Avx512 operator^(Avx512 a, Avx512 b) { return {_mm512_xor_si512(a.v, b.v)}; }
  template <int N>
  SIGNET_LANES_INLINE Avx512 shifted_right() const {
    return {_mm512_srli_epi64(v, N)};
  }
  template <int N>
  SIGNET_LANES_INLINE Avx512 shifted_right_signed() const {
    return {_mm512_srai_epi64(v, N)};
  }
  template <int N>
  SIGNET_LANES_INLINE Avx512 shifted_left() const {
    return {_mm512_slli_epi64(v, N)};
  }
  // By an octet with a shuffle: only one of the two ports for vectors rotates, and SHA-512 keeps it busy.
  template <int N>
  SIGNET_LANES_INLINE Avx512 rotated_right() const {
    if constexpr (N == 8) {
      const __m512i order = _mm512_broadcast_i32x4(_mm_set_epi64x(0x080f0e0d0c0b0a09, 0x0007060504030201));
      return {_mm512_shuffle_epi8(v, order)};
    }
    return {_mm512_ror_epi64(v, N)};
  }
  SIGNET_LANES_INLINE Avx512 shifted_right(unsigned count) const {
    return {_mm512_srl_epi64(v, _mm_cvtsi32_si128(static_cast<int>(count)))};
  }
  SIGNET_LANES_INLINE Avx512 shifted_left(unsigned count) const {
    return {_mm512_sll_epi64(v, _mm_cvtsi32_si128(static_cast<int>(count)))};
  }
  template <int N>
  SIGNET_LANES_INLINE static Avx512 funnel(Avx512 low, Avx512 high) {
    return {_mm512_shrdi_epi64(low.v, high.v, N)};
  }
  SIGNET_LANES_INLINE static Avx512 add_low52(Avx512 to, Avx512 a, Avx512 b) {
    return {_mm512_madd52lo_epu64(to.v, a.v, b.v)};
  }
  SIGNET_LANES_INLINE static Avx512 add_high52(Avx512 to, Avx512 a, Avx512 b) {
    return {_mm512_madd52hi_epu64(to.v, a.v, b.v)};
  }
  SIGNET_LANES_INLINE static Avx512 exclusive_or(Avx512 a, Avx512 b, Avx512 c) {
    return {_mm512_ternarylogic_epi64(a.v, b.v, c.v, 0x96)};
  }
  SIGNET_LANES_INLINE static Avx512 choose(Avx512 bits, Avx512 yes, Avx512 no) {
    return {_mm512_ternarylogic_epi64(bits.v, yes.v, no.v, 0xca)};
  }
  SIGNET_LANES_INLINE static Avx512 majority(Avx512 a, Avx512 b, Avx512 c) {
    return {_mm512_ternarylogic_epi64(a.v, b.v, c.v, 0xe8)};
  }

  SIGNET_LANES_INLINE static Mask has_no_bit(Avx512 a, Avx512 bits) { return _mm512_testn_epi64_mask(a.v, bits.v); }
  SIGNET_LANES_INLINE static Mask has_bit(Avx512 a, Avx512 bits) { return _mm512_test_epi64_mask(a.v, bits.v); }
  SIGNET_LANES_INLINE static Avx512 select(Mask mask, Avx512 yes, Avx512 no) {
    return {_mm512_mask_blend_epi64(mask, no.v, yes.v)};
  }
  SIGNET_LANES_INLINE static Avx512 subtract_where(Mask mask, Avx512 otherwise, Avx512 a, Avx512 b) {
    return {_mm512_mask_sub_epi64(otherwise.v, mask, a.v, b.v)};
  }

  SIGNET_LANES_INLINE static Avx512 pick16(const uint64_t* table, Avx512 index) {
    return {_mm512_permutex2var_epi64(_mm512_load_si512(table), index.v, _mm512_load_si512(table + 8))};
  }
  template <int Distance>
  SIGNET_LANES_INLINE Avx512 lanes_exchanged() const {
    if constexpr (Distance == 1) return {_mm512_permutex_epi64(v, 0xb1)};
    if constexpr (Distance == 2) return {_mm512_permutex_epi64(v, 0x4e)};
    if constexpr (Distance == 4) return {_mm512_shuffle_i64x2(v, v, 0x4e)};
  }
  SIGNET_LANES_INLINE Avx512 octets_reversed() const {
    const __m512i order = _mm512_broadcast_i32x4(_mm_set_epi64x(0x08090a0b0c0d0e0f, 0x0001020304050607));
    return {_mm512_shuffle_epi8(v, order)};
  }
  SIGNET_LANES_INLINE static void transpose(Avx512 (&rows)[8]) {
    __m512i pairs[8], quads[8];
#pragma GCC unroll 4
    for (int i = 0; i < 8; i += 2) {
      pairs[i] = _mm512_unpacklo_epi64(rows[i].v, rows[i + 1].v);
      pairs[i + 1] = _mm512_unpackhi_epi64(rows[i].v, rows[i + 1].v);
    }
    const __m512i even = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0);
    const __m512i odd = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
#pragma GCC unroll 2
    for (int i = 0; i < 8; i += 4) {
#pragma GCC unroll 2
      for (int j = 0; j < 2; ++j) {
        quads[i + j] = _mm512_permutex2var_epi64(pairs[i + j], even, pairs[i + j + 2]);
        quads[i + j + 2] = _mm512_permutex2var_epi64(pairs[i + j], odd, pairs[i + j + 2]);
      }
    }
    // quads[i + 2k + j] holds columns 2k + j and 2k + j + 4 of four rows, the lower column in the lower half.
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      rows[i].v = _mm512_shuffle_i64x2(quads[i], quads[i + 4], 0x44);
      rows[i + 4].v = _mm512_shuffle_i64x2(quads[i], quads[i + 4], 0xee);
    }
  }
  // Registers 16 to 31 are not cleared by vzeroall.
  static void clear_registers() {
    asm volatile(
        "vzeroall\n\t"
        "vpxorq %%zmm16, %%zmm16, %%zmm16\n\tvpxorq %%zmm17, %%zmm17, %%zmm17\n\t"
        "vpxorq %%zmm18, %%zmm18, %%zmm18\n\tvpxorq %%zmm19, %%zmm19, %%zmm19\n\t"
        "vpxorq %%zmm20, %%zmm20, %%zmm20\n\tvpxorq %%zmm21, %%zmm21, %%zmm21\n\t"
        "vpxorq %%zmm22, %%zmm22, %%zmm22\n\tvpxorq %%zmm23, %%zmm23, %%zmm23\n\t"
        "vpxorq %%zmm24, %%zmm24, %%zmm24\n\tvpxorq %%zmm25, %%zmm25, %%zmm25\n\t"
        "vpxorq %%zmm26, %%zmm26, %%zmm26\n\tvpxorq %%zmm27, %%zmm27, %%zmm27\n\t"
        "vpxorq %%zmm28, %%zmm28, %%zmm28\n\tvpxorq %%zmm29, %%zmm29, %%zmm29\n\t"
        "vpxorq %%zmm30, %%zmm30, %%zmm30\n\tvpxorq %%zmm31, %%zmm31, %%zmm31\n\t" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
              "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23",
              "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31");
  }
};

}  // namespace signet::lanes
