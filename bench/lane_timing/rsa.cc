// RSA with 2048 bits. A member is all that a group reads: a key, a blinding and eight messages. Keys take long to make:
// there are few.
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "bench/lane_timing/lines.h"
#include "keystore/signing/lanes/openssl_handles.h"
#include "keystore/signing/lanes/rsa/limbs52.h"
#include "keystore/signing/lanes/rsa/rsa_lane_key.h"
#include "keystore/signing/lanes/rsa/rsa_lanes.h"

namespace signet::lane_timing {
namespace {

using lanes::kLanes;
using lanes::RsaLaneBlinding;
using lanes::RsaLaneKey;
using lanes::RsaLaneNumbers;

constexpr size_t kMembers = 16;
constexpr int kBits = 2048;
constexpr size_t kOctets = kBits / 8;
constexpr size_t kDearness = 50;

struct Member {
  RsaLaneKey key;
  RsaLaneBlinding blinding;
  RsaLaneNumbers random, messages, signatures;
};

BigNumber parameter(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) std::abort();
  return BigNumber(number);
}

RsaLaneKey new_key() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_RSA_gen(kBits), &EVP_PKEY_free);
  const BigNumber n = parameter(key.get(), OSSL_PKEY_PARAM_RSA_N),
                  p = parameter(key.get(), OSSL_PKEY_PARAM_RSA_FACTOR1),
                  q = parameter(key.get(), OSSL_PKEY_PARAM_RSA_FACTOR2);
  RsaLaneKey lane_key;
  if (!lanes::make_rsa_lane_key({n.get(), p.get(), q.get()}, lane_key)) std::abort();
  return lane_key;
}

// The keys of all runs: first the one that is alike.
const RsaLaneKey& key_number(size_t i) {
  static const auto all = [] {
    std::vector<RsaLaneKey> made(kMembers + 1);
    std::ranges::generate(made, new_key);
    return made;
  }();
  return all[i];
}

using Octets = std::array<uint8_t, kOctets>;

// The same number in each lane, or random ones of a bit less than the modulus has.
void fill(RsaLaneNumbers& numbers, const Octets* fixed, std::mt19937_64& random) {
  for (size_t lane = 0; lane < kLanes; ++lane) {
    Octets octets;
    if (fixed != nullptr) {
      octets = *fixed;
    } else {
      std::ranges::generate(octets, [&] { return static_cast<uint8_t>(random()); });
      octets[0] &= 0x7f;
    }
    lanes::limbs_of_octets(octets, &numbers.limb[0][lane], lanes::kLimbsMax, kLanes);
  }
}

constexpr Octets number_of(uint8_t highest, uint8_t others) {
  Octets octets;
  octets.fill(others);
  octets.front() = highest;
  octets.back() |= 2;
  return octets;
}
constexpr Octets kTwo = number_of(0, 0), kLarge = number_of(0x7f, 0xff);

// What of kind 0 is alike; null: nothing.
struct Alike {
  bool keys = false;
  const Octets *messages = nullptr, *blindings = nullptr;
};

std::shared_ptr<Member> member_of(size_t kind, Alike alike, size_t& keys_used, std::mt19937_64& random) {
  auto member = std::make_shared<Member>();
  // One key, unless the keys are what differs.
  member->key = key_number(alike.keys && kind == 1 ? 1 + keys_used++ % kMembers : 0);
  fill(member->messages, kind == 0 ? alike.messages : nullptr, random);
  fill(member->random, kind == 0 ? alike.blindings : nullptr, random);
  lanes::rsa_lanes_avx512.blind(member->key, member->random, member->blinding);
  return member;
}

void sign(Member& member) {
  lanes::rsa_lanes_avx512.sign(member.key, member.blinding, member.messages, member.signatures);
}
void blind(Member& member) { lanes::rsa_lanes_avx512.blind(member.key, member.random, member.blinding); }

using Work = void (*)(Member&);

Samples samples_with(Work work, std::mt19937_64& random, const std::function<std::shared_ptr<Member>(size_t)>& make) {
  return samples_of<Member>(kMembers, random, [&](size_t kind) { return *make(kind); }, work);
}

// Both exponents of a key made of these words, against random words. No signature is right then, of either kind, and
// each takes the same way to becoming zero.
Samples exponents(uint64_t lowest, uint64_t others, std::mt19937_64& random) {
  return samples_with(sign, random, [&](size_t kind) {
    size_t keys_used = 0;
    auto member = member_of(kind, {}, keys_used, random);
    for (auto* prime : {&member->key.p, &member->key.q}) {
      for (size_t i = 0; i < kBits / 2 / 64; ++i) {
        prime->exponent[i] = kind == 1 ? random() : i == 0 ? lowest : others;
      }
    }
    return member;
  });
}

}  // namespace

std::vector<Line> rsa_lines() {
  const auto line = [](const char* name, Work work, Alike alike) {
    return Line{.name = name, .dearness = kDearness, .make = [=](auto& random) {
                  size_t keys_used = 0;
                  return samples_with(work, random,
                                      [&](size_t kind) { return member_of(kind, alike, keys_used, random); });
                }};
  };
  const auto exponent_line = [](const char* name, uint64_t lowest, uint64_t others) {
    return Line{
        .name = name, .dearness = kDearness, .make = [=](auto& random) { return exponents(lowest, others, random); }};
  };
  return {line("RSA: control, random against random", sign, {}),
          line("RSA: one key against other keys", sign, {.keys = true}),
          line("RSA: the message 2 against random ones", sign, {.messages = &kTwo}),
          line("RSA: a message of ones against random ones", sign, {.messages = &kLarge}),
          line("RSA: blinded with 2 against random numbers", sign, {.blindings = &kTwo}),
          line("RSA: message and blinding 2 against random ones", sign, {.messages = &kTwo, .blindings = &kTwo}),
          line("RSA: making the blinding of 2, of random numbers", blind, {.blindings = &kTwo}),
          exponent_line("RSA: exponents of ones against random ones", ~uint64_t{0}, ~uint64_t{0}),
          exponent_line("RSA: the exponent 1 against random ones", 1, 0)};
}

}  // namespace signet::lane_timing
