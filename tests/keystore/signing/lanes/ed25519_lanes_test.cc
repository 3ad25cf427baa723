// Signatures of the lanes are libsodium's, octet for octet.
#include "keystore/signing/lanes/ed25519_lanes.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <random>

#include "keystore/signing/lanes/ed25519_lane_key.h"
#include "tests/keystore/signing/lanes/primitives.h"

namespace signet::lanes {
namespace {

struct Key {
  explicit Key(const std::array<uint8_t, 32>& seed) {
    crypto_sign_seed_keypair(public_key.data(), secret_key.data(), seed.data());
    make_ed25519_lane_key(secret_key, lanes);
  }
  std::array<uint8_t, 32> public_key{};
  std::array<uint8_t, 64> secret_key{};
  Ed25519LaneKey lanes{};
};

std::array<uint8_t, 32> octets_of(const char* hex) {
  std::array<uint8_t, 32> octets{};
  sodium_hex2bin(octets.data(), octets.size(), hex, std::strlen(hex), nullptr, nullptr, nullptr);
  return octets;
}

class Ed25519Lanes : public testing::TestWithParam<Primitives> {
 protected:
  struct Message {
    const Key* key;
    std::vector<uint8_t> octets;
  };
  // Signs as many messages as are whole groups, and compares each signature.
  void expect_signatures(const std::vector<Message>& messages) {
    std::vector<std::array<uint8_t, 64>> signatures(messages.size());
    std::vector<Ed25519LaneJob> jobs;
    for (size_t i = 0; i < messages.size(); ++i) {
      jobs.push_back(
          {&messages[i].key->lanes, {messages[i].octets.data(), messages[i].octets.size()}, signatures[i].data()});
    }
    ASSERT_TRUE(on_.sign(*base_table(), jobs.data(), messages.size() / kLanes));
    for (size_t i = 0; i < messages.size(); ++i) {
      std::array<uint8_t, 64> wanted{};
      crypto_sign_detached(wanted.data(), nullptr, messages[i].octets.data(), messages[i].octets.size(),
                           messages[i].key->secret_key.data());
      ASSERT_EQ(signatures[i], wanted) << "message " << i << " of " << messages.size() << ", "
                                       << messages[i].octets.size() << " octets";
    }
  }
  std::vector<uint8_t> random_octets(size_t size) {
    std::vector<uint8_t> octets(size);
    for (uint8_t& octet : octets) octet = static_cast<uint8_t>(random_());
    return octets;
  }
  Key random_key() {
    std::array<uint8_t, 32> seed{};
    for (uint8_t& octet : seed) octet = static_cast<uint8_t>(random_());
    return Key(seed);
  }
  const Primitives& on_ = GetParam();
  std::mt19937_64 random_{19};
};

// RFC 8032 7.1, tests 1 to 3, and what each must give; all eight lanes have one of them.
TEST_P(Ed25519Lanes, ThePublishedVectors) {
  struct Vector {
    const char *seed, *message, *signature;
  };
  constexpr Vector kVectors[] = {{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
                                  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
                                  "39701cf9b46bd25bf5f0595bbe246"
                                  "55141438e7a100b"},
                                 {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
                                  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f"
                                  "3613d0f11d8c387b2eaeb4302aeeb0"
                                  "0d291612bb0c00"},
                                 {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
                                  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67"
                                  "f760984dc6594a7c15e9716ed28dc02"
                                  "7beceea1ec40a"}};
  std::vector<Key> keys;
  for (const Vector& vector : kVectors) keys.emplace_back(octets_of(vector.seed));
  std::array<std::array<uint8_t, 64>, 8> signatures{};
  std::array<std::vector<uint8_t>, 8> messages;
  std::vector<Ed25519LaneJob> jobs;
  for (size_t i = 0; i < 8; ++i) {
    const Vector& vector = kVectors[i % 3];
    messages[i].resize(std::strlen(vector.message) / 2 + 1);  // never a null pointer
    size_t size = 0;
    sodium_hex2bin(messages[i].data(), messages[i].size(), vector.message, std::strlen(vector.message), nullptr, &size,
                   nullptr);
    messages[i].resize(size);
    jobs.push_back({&keys[i % 3].lanes, {messages[i].data(), messages[i].size()}, signatures[i].data()});
  }
  EXPECT_TRUE(on_.sign(*base_table(), jobs.data(), 1));
  for (size_t i = 0; i < 8; ++i) {
    std::array<char, 129> hex{};
    sodium_bin2hex(hex.data(), hex.size(), signatures[i].data(), signatures[i].size());
    EXPECT_STREQ(hex.data(), kVectors[i % 3].signature) << i;
  }
}

// Where all lanes begin with the same hashed block it is not hashed again, and where not all do each of them is.
TEST_P(Ed25519Lanes, WhatBeginsAlikeIsHashedOnce) {
  const Key key = random_key();
  const auto begin = random_octets(kMidstateOctets);
  Ed25519LaneMidstate midstate;
  make_ed25519_lane_midstate(key.lanes, std::span<const uint8_t, kMidstateOctets>(begin), midstate);
  for (const unsigned begun : {0xffu, 0x7fu, 0x01u, 0x00u}) {
    std::array<std::vector<uint8_t>, kLanes> messages;
    std::array<std::array<uint8_t, 64>, kLanes> signatures{};
    std::vector<Ed25519LaneJob> jobs;
    for (size_t i = 0; i < kLanes; ++i) {
      messages[i] = random_octets(kMidstateOctets + i * i * 5);
      if ((begun >> i & 1) != 0) std::ranges::copy(begin, messages[i].begin());
      jobs.push_back({&key.lanes,
                      {messages[i].data(), messages[i].size()},
                      signatures[i].data(),
                      (begun >> i & 1) != 0 ? &midstate : nullptr});
    }
    ASSERT_TRUE(on_.sign(*base_table(), jobs.data(), 1));
    for (size_t i = 0; i < kLanes; ++i) {
      std::array<uint8_t, 64> wanted{};
      crypto_sign_detached(wanted.data(), nullptr, messages[i].data(), messages[i].size(), key.secret_key.data());
      EXPECT_EQ(signatures[i], wanted) << begun << ", lane " << i;
    }
  }
}

TEST_P(Ed25519Lanes, LengthsAtEveryEdgeMixedInOneGroup) {
  constexpr size_t kSizes[] = {0,   1,   31,  32,  46,  47,  48,  63,  64,  79,   80,   95,   96,
                               111, 112, 127, 128, 175, 176, 239, 240, 303, 1000, 2040, 2047, 2048};
  const Key key = random_key();
  for (size_t shift = 0; shift < std::size(kSizes); ++shift) {
    std::vector<Message> messages;
    for (size_t i = 0; i < 16; ++i) {
      messages.push_back({&key, random_octets(kSizes[(shift + i * 3) % std::size(kSizes)])});
    }
    expect_signatures(messages);
  }
}

TEST_P(Ed25519Lanes, EachLaneHasItsOwnKey) {
  std::vector<Key> keys;
  for (int i = 0; i < 8; ++i) keys.push_back(random_key());
  for (size_t shift = 0; shift < 8; ++shift) {
    std::vector<Message> messages;
    for (size_t i = 0; i < 8; ++i) messages.push_back({&keys[(i + shift) % 8], random_octets(300)});
    expect_signatures(messages);
  }
  // Seven of one key and one of another, in each lane.
  for (size_t other = 0; other < 8; ++other) {
    std::vector<Message> messages;
    for (size_t i = 0; i < 8; ++i) messages.push_back({&keys[i == other ? 1 : 0], random_octets(100)});
    expect_signatures(messages);
  }
}

TEST_P(Ed25519Lanes, KeysWithExtremeSeeds) {
  for (const uint8_t filling : {0x00, 0xff, 0x01, 0x80, 0x7f}) {
    std::array<uint8_t, 32> seed{};
    seed.fill(filling);
    const Key key(seed);
    std::vector<Message> messages(8, Message{&key, random_octets(64)});
    expect_signatures(messages);
  }
}

TEST_P(Ed25519Lanes, BoundsThatAreNotKeptAbort) {
  const Key key = random_key();
  std::array<std::array<uint8_t, 64>, kLanes> signatures{};
  const std::vector<uint8_t> octets(kMessageMax + 1);
  std::vector<Ed25519LaneJob> jobs;
  for (auto& signature : signatures) jobs.push_back({&key.lanes, {octets.data(), 10}, signature.data()});
  EXPECT_DEATH(on_.sign(*base_table(), jobs.data(), 0), "");
  EXPECT_DEATH(on_.sign(*base_table(), jobs.data(), kGroupsMax + 1), "");
  for (size_t lane : {0, 7}) {
    jobs[lane].message.size = kMessageMax + 1;
    EXPECT_DEATH(on_.sign(*base_table(), jobs.data(), 1), "");
    jobs[lane].message.size = kMessageMax;
  }
  const Ed25519LaneMidstate midstate{};
  jobs[5].message.size = kMidstateOctets - 1;
  jobs[5].midstate = &midstate;
  EXPECT_DEATH(on_.sign(*base_table(), jobs.data(), 1), "");
  jobs[5].midstate = nullptr;
  EXPECT_TRUE(on_.sign(*base_table(), jobs.data(), 1));
}

// SIGNET_LANE_SIGNATURES: how many; a million takes half a minute, most of it in libsodium.
TEST_P(Ed25519Lanes, RandomKeysMessagesAndGroups) {
  const char* wanted = std::getenv("SIGNET_LANE_SIGNATURES");
  size_t left = wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : 10'000;
  if (on_.sign == ed25519_sign_emulated) left = std::min<size_t>(left, 800);
  while (left > 0) {
    std::vector<Key> keys;
    for (size_t i = random_() % 2 == 0 ? 1 : 8; i > 0; --i) keys.push_back(random_key());
    std::vector<Message> messages;
    for (size_t i = (1 + random_() % kGroupsMax) * kLanes; i > 0; --i) {
      const size_t size = random_() % 8 == 0 ? random_() % (kMessageMax + 1) : random_() % 500;
      messages.push_back({&keys[random_() % keys.size()], random_octets(size)});
    }
    ASSERT_NO_FATAL_FAILURE(expect_signatures(messages));
    left -= std::min(left, messages.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, Ed25519Lanes, testing::ValuesIn(all_primitives()), NameOfPrimitives());

}  // namespace
}  // namespace signet::lanes
