// ES256. The nonce of a signature is a hash, which nobody chooses: k G is timed by itself for nonces that no hash will
// ever give, the refused ones among them.
#include <algorithm>
#include <array>
#include <cstring>

#include "bench/lane_layers/p256_layers.h"
#include "bench/lane_timing/lines.h"
#include "keystore/signing/lanes/p256/inverse_p256.h"
#include "keystore/signing/lanes/p256/p256_lane_key.h"
#include "keystore/signing/lanes/p256/p256_lanes.h"

namespace signet::lane_timing {
namespace {

using lanes::kLanes;
using namespace lanes::p256;

constexpr size_t kMembers = 128;

struct Member {
  LaneKey key;
  std::array<std::array<uint8_t, kInputSize>, kLanes> inputs;
};

void sign(const Member& member) {
  static std::array<std::array<uint8_t, 64>, kLanes> signatures;
  std::array<LaneJob, kLanes> jobs;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    jobs[lane] = {&member.key, member.inputs[lane].data(), signatures[lane].data()};
  }
  sign_avx512(*base_table(), jobs.data(), 1);
}

// What of kind 0 is alike. With all of it the nonce is.
struct Alike {
  bool keys = false, digests = false, random_octets = false;
};

Samples signing(Alike alike, std::mt19937_64& random) {
  const auto fill = [&](auto octets, uint8_t fixed, bool is_fixed) {
    for (auto& octet : octets) octet = is_fixed ? fixed : static_cast<uint8_t>(random());
  };
  const auto make = [&](size_t kind) {
    Member member;
    std::array<uint8_t, kScalarSize> scalar;
    // Below 2^255, which is below n; not 0.
    fill(std::span(scalar), 0, kind == 0 && alike.keys);
    scalar[0] &= 0x7f;
    scalar.back() |= 1;
    make_lane_key(scalar, member.key);
    for (auto& input : member.inputs) {
      fill(std::span(input).first(32), 0, kind == 0 && alike.random_octets);
      fill(std::span(input).last(32), 0, kind == 0 && alike.digests);
    }
    return member;
  };
  return samples_of<Member>(kMembers, random, make, sign);
}

// k', the nonce with the offset of its digits (base_multiple_p256.h), little-endian.
using Scalar = std::array<uint8_t, kWindows>;

constexpr Scalar all_octets(uint8_t octet) {
  Scalar all;
  all.fill(octet);
  return all;
}
constexpr Scalar kHighest{0x50, 0x25, 0x63, 0xfc, 0xc2, 0xca, 0xb9, 0xf3, 0x84, 0x9e, 0x17,
                          0xa7, 0xad, 0xfa, 0xe6, 0xbc, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                          0xff, 0xff, 0,    0,    0,    0,    0xff, 0xff, 0xff, 0xff};
// Of the nonces that are refused: 0, and 255 * 2^248.
constexpr Scalar kOfZero{0x57, 0x6d, 0xce, 0x81, 0x9e, 0x1a, 0x23, 0x86, 0xbd, 0x30, 0x74, 0x2c, 0xa9, 0x82, 0x8c, 0x21,
                         0,    0,    0,    0,    0,    0,    0,    0x80, 0xff, 0xff, 0xff, 0x7f, 0,    0,    0,    0};
constexpr Scalar kOfTop{0x57, 0x6d, 0xce, 0x81, 0x9e, 0x1a, 0x23, 0x86, 0xbd, 0x30, 0x74, 0x2c, 0xa9, 0x82, 0x8c, 0x21,
                        0,    0,    0,    0,    0,    0,    0,    0x80, 0xff, 0xff, 0xff, 0x7f, 0,    0,    0,    0xff};

Samples multiplying(const Scalar& fixed, std::mt19937_64& random) {
  const auto make = [&](size_t kind) {
    Layers::Octets octets;
    for (Scalar& lane : octets) {
      lane = fixed;
      if (kind == 1) std::ranges::generate(lane, [&] { return static_cast<uint8_t>(random()); });
    }
    return octets;
  };
  const auto layers = std::make_shared<Layers>(*base_table());
  const auto pools = std::make_shared<const Pools<Layers::Octets>>(kMembers, random, make);
  return {kMembers, [pools, layers](size_t kind, size_t member) { layers->set_digits(pools->at(kind, member)); },
          [layers] { layers->multiply(); }};
}

using Number = std::array<uint64_t, 4>;
using Invert = void (*)(uint64_t (&)[4]);

constexpr Number kOne{1, 0, 0, 0};
constexpr Number kPowerOfTwo{0, 0, 0, uint64_t{1} << 62};
// p - 1 and n - 1.
constexpr Number kPrimeLess{0xfffffffffffffffe, 0xffffffff, 0, 0xffffffff00000001};
constexpr Number kOrderLess{0xf3b9cac2fc632550, 0xbce6faada7179e84, 0xffffffffffffffff, 0xffffffff00000000};

Samples inverting(const Number& fixed, Invert invert, std::mt19937_64& random) {
  const auto make = [&](size_t kind) {
    Number number = fixed;
    if (kind == 1) {
      for (uint64_t& word : number) word = random();
      number[3] >>= 1;
    }
    return number;
  };
  return samples_of<Number>(kMembers, random, make, [invert](const Number& number) {
    uint64_t words[4];
    std::memcpy(words, number.data(), sizeof words);
    invert(words);
    asm volatile("" : : "r"(words) : "memory");
  });
}

}  // namespace

std::vector<Line> p256_lines() {
  const auto sign_line = [](const char* name, Alike alike) {
    return Line{.name = name, .make = [alike](auto& random) { return signing(alike, random); }};
  };
  const auto multiply_line = [](const char* name, const Scalar& fixed) {
    return Line{.name = name, .make = [=](auto& random) { return multiplying(fixed, random); }};
  };
  const auto invert_line = [](const char* name, const Number& fixed, Invert invert) {
    return Line{.name = name, .make = [=](auto& random) { return inverting(fixed, invert, random); }};
  };
  return {sign_line("ES256: control, random against random", {}),
          sign_line("ES256: the key 1 against random ones", {.keys = true}),
          sign_line("ES256: the digest 0 against random ones", {.digests = true}),
          sign_line("ES256: random octets of 0 against random ones", {.random_octets = true}),
          sign_line("ES256: one nonce against random ones", {.keys = true, .digests = true, .random_octets = true}),
          multiply_line("ES256: k G, lowest k' against random ones", all_octets(0)),
          multiply_line("ES256: k G, highest k' against random ones", kHighest),
          multiply_line("ES256: k G, digits of 1/2 against random ones", all_octets(128)),
          multiply_line("ES256: k G, k = 0 against random ones", kOfZero),
          multiply_line("ES256: k G, k = 255 * 2^248 against random ones", kOfTop),
          invert_line("ES256: 1/1 modulo p against random numbers", kOne, inverse_modulo_prime),
          invert_line("ES256: 1/(p - 1) against random numbers", kPrimeLess, inverse_modulo_prime),
          invert_line("ES256: 1/1 modulo n against random numbers", kOne, inverse_modulo_order),
          invert_line("ES256: 1/(n - 1) against random numbers", kOrderLess, inverse_modulo_order),
          invert_line("ES256: 1/2^254 modulo n against random numbers", kPowerOfTwo, inverse_modulo_order)};
}

}  // namespace signet::lane_timing
