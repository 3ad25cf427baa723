// Emulated: eight lanes of 64 bits in an array, without a branch on what they hold. The layers over it are the very
// code that runs over Avx512, so that sanitizers, valgrind and any processor can watch them; it signs nothing in
// production.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "keystore/signing/lanes/inline.h"

namespace signet::lanes {

// A test build has this flip bits of what operations give.
#if defined(SIGNET_LANES_FAULTS)
void disturb(uint64_t (&lanes)[8]);
#endif

struct alignas(64) Emulated {
  using Mask = uint8_t;  // bit i: lane i
  uint64_t lane[8];

  template <class Function>
  SIGNET_LANES_INLINE static Emulated each(Function function) {
    Emulated result;
    for (int i = 0; i < 8; ++i) result.lane[i] = function(i);
#if defined(SIGNET_LANES_FAULTS)
    disturb(result.lane);
#endif
    return result;
  }

  static Emulated splat(uint64_t value) {
    return each([&](int) { return value; });
  }
  // `from` and `to` are aligned to 64 octets.
  static Emulated load(const uint64_t* from) {
    return each([&](int i) { return from[i]; });
  }
  void store(uint64_t* to) const {
    for (int i = 0; i < 8; ++i) to[i] = lane[i];
  }
  // load_octets reads the octets of `from` whose bits are set in `present`, which nothing else touches; the others are
  // zero, but that whose bit is set in `end` is 0x80.
  static Emulated load_octets(const uint8_t* from, uint64_t present, uint64_t end) {
    uint8_t octets[64];
    for (int i = 0; i < 64; ++i) octets[i] = (present >> i & 1) != 0 ? from[i] : (end >> i & 1) != 0 ? 0x80 : 0;
    Emulated result;
    std::memcpy(result.lane, octets, sizeof octets);
    return result;
  }

  friend Emulated operator+(Emulated a, Emulated b) {
    return each([&](int i) { return a.lane[i] + b.lane[i]; });
  }
  friend Emulated operator-(Emulated a, Emulated b) {
    return each([&](int i) { return a.lane[i] - b.lane[i]; });
  }
  friend Emulated operator&(Emulated a, Emulated b) {
    return each([&](int i) { return a.lane[i] & b.lane[i]; });
  }
  friend Emulated operator|(Emulated a, Emulated b) {
    return each([&](int i) { return a.lane[i] | b.lane[i]; });
  }
  friend Emulated operator^(Emulated a, Emulated b) {
    return each([&](int i) { return a.lane[i] ^ b.lane[i]; });
  }
  template <int N>
  Emulated shifted_right() const {
    return each([&](int i) { return lane[i] >> N; });
  }
  template <int N>
  Emulated shifted_right_signed() const {
    return each([&](int i) { return static_cast<uint64_t>(static_cast<int64_t>(lane[i]) >> N); });
  }
  template <int N>
  Emulated shifted_left() const {
    return each([&](int i) { return lane[i] << N; });
  }
  template <int N>
  Emulated rotated_right() const {
    return each([&](int i) { return lane[i] >> N | lane[i] << (64 - N); });
  }
  // `count` is public; 64 and more give zero.
  Emulated shifted_right(unsigned count) const {
    return each([&](int i) { return count < 64 ? lane[i] >> count : 0; });
  }
  Emulated shifted_left(unsigned count) const {
    return each([&](int i) { return count < 64 ? lane[i] << count : 0; });
  }
  // funnel: the lower 64 of the 128 bits high:low shifted right by N.
  template <int N>
  static Emulated funnel(Emulated low, Emulated high) {
    return each([&](int i) { return low.lane[i] >> N | high.lane[i] << (64 - N); });
  }
  // add_low52, add_high52: `to` plus the lower, the upper 52 bits of the product of the lower 52 bits of a and of b.
  static Emulated add_low52(Emulated to, Emulated a, Emulated b) {
    return each([&](int i) { return to.lane[i] + (static_cast<uint64_t>(product(a.lane[i], b.lane[i])) & kLow52); });
  }
  static Emulated add_high52(Emulated to, Emulated a, Emulated b) {
    return each([&](int i) { return to.lane[i] + static_cast<uint64_t>(product(a.lane[i], b.lane[i]) >> 52); });
  }
  static Emulated exclusive_or(Emulated a, Emulated b, Emulated c) { return a ^ b ^ c; }
  // choose: the bits of `yes` where `bits` has ones, of `no` elsewhere. majority: the value that two of three bits
  // have.
  static Emulated choose(Emulated bits, Emulated yes, Emulated no) { return ((yes ^ no) & bits) ^ no; }
  static Emulated majority(Emulated a, Emulated b, Emulated c) { return (a & b) | (a & c) | (b & c); }

  // Lanes in which `a` has none, any of `bits`.
  static Mask has_no_bit(Emulated a, Emulated bits) { return static_cast<Mask>(~has_bit(a, bits)); }
  static Mask has_bit(Emulated a, Emulated bits) {
    Mask mask = 0;
    for (int i = 0; i < 8; ++i) {
      const uint64_t both = a.lane[i] & bits.lane[i];
      mask = static_cast<Mask>(mask | ((both | (0 - both)) >> 63) << i);
    }
    return mask;
  }
  static Emulated select(Mask mask, Emulated yes, Emulated no) {
    return each([&](int i) { return no.lane[i] ^ ((no.lane[i] ^ yes.lane[i]) & all_if(mask, i)); });
  }
  // subtract_where: a - b in the lanes of `mask`, `otherwise` elsewhere.
  static Emulated subtract_where(Mask mask, Emulated otherwise, Emulated a, Emulated b) {
    return select(mask, a - b, otherwise);
  }

  // pick16: table[index mod 16] of 16 words; every one of them is read.
  static Emulated pick16(const uint64_t* table, Emulated index) {
    return each([&](int i) {
      uint64_t picked = 0;
      for (uint64_t j = 0; j < 16; ++j) {
        const uint64_t differs = (index.lane[i] & 15) ^ j;
        picked |= table[j] & (((differs | (0 - differs)) >> 63) - 1);
      }
      return picked;
    });
  }
  // Lane i has what lane i ^ Distance had.
  template <int Distance>
  Emulated lanes_exchanged() const {
    return each([&](int i) { return lane[i ^ Distance]; });
  }
  // Octets of each lane in the opposite order.
  Emulated octets_reversed() const {
    return each([&](int i) { return __builtin_bswap64(lane[i]); });
  }
  // Lane j of row i becomes lane i of row j.
  static void transpose(Emulated (&rows)[8]) {
    Emulated columns[8];
    for (int i = 0; i < 8; ++i) {
      for (int j = 0; j < 8; ++j) columns[j].lane[i] = rows[i].lane[j];
    }
    for (int i = 0; i < 8; ++i) rows[i] = columns[i];
  }
  // What secrets are left in vector registers is gone.
  static void clear_registers() {}

 private:
  static constexpr uint64_t kLow52 = (uint64_t{1} << 52) - 1;
  static unsigned __int128 product(uint64_t a, uint64_t b) {
    return static_cast<unsigned __int128>(a & kLow52) * (b & kLow52);
  }
  static uint64_t all_if(Mask mask, int i) { return 0 - (uint64_t{mask} >> i & 1); }
};

}  // namespace signet::lanes
