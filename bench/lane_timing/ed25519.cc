// Ed25519, and the controls.
#include <sodium.h>

#include <array>
#include <cstring>

#include "bench/lane_timing/lines.h"
#include "keystore/signing/lanes/ed25519_lane_key.h"
#include "keystore/signing/lanes/ed25519_lanes.h"
#include "keystore/signing/lanes/inverse25519.h"

namespace signet::lane_timing {
namespace {

using lanes::kLanes;

constexpr size_t kMembers = 128;
constexpr size_t kSize = 300;

struct Member {
  lanes::Ed25519LaneKey key;
  std::array<std::array<uint8_t, kSize>, kLanes> messages;
};

void sign(const Member& member) {
  static std::array<std::array<uint8_t, crypto_sign_BYTES>, kLanes> signatures;
  std::array<lanes::Ed25519LaneJob, kLanes> jobs;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    jobs[lane] = {&member.key, {member.messages[lane].data(), kSize}, signatures[lane].data()};
  }
  lanes::ed25519_sign_avx512(*lanes::base_table(), jobs.data(), 1);
}

// What of kind 0 is alike.
struct Alike {
  bool keys = false, messages = false;
};

// A control that leaks little: the message that begins with 0 takes some ninety cycles of 28,000 longer.
void sign_longer(const Member& member) {
  sign(member);
  asm volatile("lfence");  // what waits for nothing would be done beside the signature's last stores
  uint64_t value = 3;
  if (member.messages[0][0] != 0) return;
  for (int i = 0; i < 30; ++i) asm volatile("imul %0, %0" : "+r"(value));
}

Samples signing(Alike alike, std::mt19937_64& random, void (*work)(const Member&) = sign) {
  const auto fill = [&](auto& octets, bool zero) {
    for (auto& octet : octets) octet = zero ? uint8_t{0} : static_cast<uint8_t>(random());
  };
  const auto make = [&](size_t kind) {
    Member member;
    std::array<uint8_t, crypto_sign_SEEDBYTES> seed;
    std::array<uint8_t, crypto_sign_SECRETKEYBYTES> secret;
    std::array<uint8_t, crypto_sign_PUBLICKEYBYTES> public_key;
    fill(seed, kind == 0 && alike.keys);
    crypto_sign_seed_keypair(public_key.data(), secret.data(), seed.data());
    lanes::make_ed25519_lane_key(secret, member.key);
    for (auto& message : member.messages) fill(message, kind == 0 && alike.messages);
    return member;
  };
  return samples_of<Member>(kMembers, random, make, work);
}

using Number = std::array<uint64_t, 4>;

template <class Work>
Samples numbers(std::mt19937_64& random, Work work) {
  const auto make = [&](size_t kind) {
    Number number{};
    if (kind == 1) {
      for (uint64_t& word : number) word = random();
    }
    number[0] |= 1;
    number[3] >>= 2;
    return number;
  };
  return samples_of<Number>(kMembers, random, make, work);
}

void invert(const Number& number) {
  uint64_t words[4];
  std::memcpy(words, number.data(), sizeof words);
  lanes::inverse25519(words);
  asm volatile("" : : "r"(words) : "memory");
}

// The control that leaks: as long as the number's words are zero.
void count_zeroes(const Number& number) {
  size_t zeroes = 0;
  for (int round = 0; round < 40; ++round) {
    for (size_t i = 3; i > 0 && number[i] == 0; --i) ++zeroes;
    asm volatile("" : "+r"(zeroes) : : "memory");
  }
}

}  // namespace

std::vector<Line> control_lines() {
  return {{.name = "control: what stops at a difference",
           .leaks = true,
           .make = [](auto& random) { return numbers(random, count_zeroes); }},
          {.name = "control: a signature that takes 0.3% longer", .leaks = true, .make = [](auto& random) {
             return signing({.messages = true}, random, sign_longer);
           }}};
}

std::vector<Line> ed25519_lines() {
  const auto line = [](const char* name, Alike alike) {
    return Line{.name = name, .make = [alike](auto& random) { return signing(alike, random); }};
  };
  return {line("Ed25519: control, random against random", {}),
          line("Ed25519: one key against random ones", {.keys = true}),
          line("Ed25519: one message against random ones", {.messages = true}),
          line("Ed25519: one nonce against random ones", {.keys = true, .messages = true}),
          {.name = "Ed25519: inverse of 1 against random numbers",
           .make = [](auto& random) { return numbers(random, invert); }}};
}

}  // namespace signet::lane_timing
