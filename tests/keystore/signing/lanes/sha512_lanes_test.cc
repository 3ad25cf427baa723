// SHA-512 in eight lanes beside libsodium's, for messages of every length around the edges of its blocks.
#include "keystore/signing/lanes/sha512_lanes.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <cstring>
#include <random>

#include "tests/keystore/signing/lanes/big_number.h"
#include "tests/keystore/signing/lanes/primitives.h"

namespace signet::lanes {
namespace {

constexpr size_t kEdges[] = {0,   1,   7,   8,   46,  47,  48,  49,  63,  64,  65,  78,  79,   80,   81,   95,
                             96,  97,  111, 112, 113, 127, 128, 129, 175, 176, 177, 207, 208,  239,  240,  241,
                             255, 256, 257, 300, 303, 304, 367, 368, 431, 432, 639, 640, 1023, 1024, 2047, 2048};

TEST(Sha512Constants, AreTheRootsOfThePrimes) {
  std::vector<uint64_t> primes;
  for (uint64_t n = 2; primes.size() < 80; ++n) {
    bool prime = true;
    for (uint64_t p : primes) prime = prime && n % p != 0;
    if (prime) primes.push_back(n);
  }
  // root^k <= prime * 2^(64 k) < (root + 1)^k, root's integer part being dropped.
  const auto is_root = [](uint64_t fraction, uint64_t prime, int power) {
    for (uint64_t whole = 1; whole < 25; ++whole) {
      const BigNumber root = BigNumber(whole) * BigNumber::power_of_two(64) + BigNumber(fraction),
                      next = root + BigNumber(1);
      BigNumber low = root, high = next;
      for (int i = 1; i < power; ++i) low = low * root, high = high * next;
      const BigNumber wanted = BigNumber(prime) * BigNumber::power_of_two(64 * power);
      if (!(wanted < low) && wanted < high) return true;
    }
    return false;
  };
  for (size_t i = 0; i < 80; ++i) EXPECT_TRUE(is_root(kSha512Constants[i], primes[i], 3)) << i;
  for (size_t i = 0; i < 8; ++i) EXPECT_TRUE(is_root(kSha512Start[i], primes[i], 2)) << i;
}

class Sha512Lanes : public testing::TestWithParam<Primitives> {
 protected:
  template <size_t Front>
  void expect_hashes(const std::array<size_t, 8>& sizes) {
    std::array<std::vector<uint8_t>, 8> messages, fronts;
    LaneMessage lanes[kLanes];
    std::array<Lane8, Front> front;
    for (size_t lane = 0; lane < 8; ++lane) {
      messages[lane].resize(sizes[lane]);
      for (uint8_t& octet : messages[lane]) octet = static_cast<uint8_t>(random_());
      lanes[lane] = {messages[lane].data(), messages[lane].size()};
      fronts[lane].resize(Front * 8);
      for (uint8_t& octet : fronts[lane]) octet = static_cast<uint8_t>(random_());
      for (size_t i = 0; i < Front; ++i) {
        uint64_t word = 0;
        std::memcpy(&word, fronts[lane].data() + 8 * i, 8);
        front[i][lane] = __builtin_bswap64(word);
      }
    }
    Words8 state;
    if constexpr (Front == 4) state = on_.hash4(front, lanes);
    if constexpr (Front == 8) state = on_.hash8(front, lanes);
    for (size_t lane = 0; lane < 8; ++lane) {
      std::vector<uint8_t> whole = fronts[lane];
      whole.insert(whole.end(), messages[lane].begin(), messages[lane].end());
      std::array<uint8_t, 64> wanted{}, got{};
      crypto_hash_sha512(wanted.data(), whole.data(), whole.size());
      for (size_t i = 0; i < 8; ++i) {
        const uint64_t word = __builtin_bswap64(state[i][lane]);
        std::memcpy(got.data() + 8 * i, &word, 8);
      }
      ASSERT_EQ(got, wanted) << sizes[lane] << " octets in lane " << lane;
    }
  }
  const Primitives& on_ = GetParam();
  std::mt19937_64 random_{17};
};

TEST_P(Sha512Lanes, OfEdgesMixedInOneGroup) {
  const size_t count = std::size(kEdges);
  for (size_t shift = 0; shift < count; ++shift) {
    std::array<size_t, 8> sizes{};
    for (size_t lane = 0; lane < 8; ++lane) sizes[lane] = kEdges[(shift + lane * 7) % count];
    expect_hashes<4>(sizes);
    expect_hashes<8>(sizes);
  }
}

TEST_P(Sha512Lanes, OfEveryLengthUpToThreeBlocks) {
  for (size_t size = 0; size <= 400; size += 8) {
    expect_hashes<4>({size, size + 1, size + 2, size + 3, size + 4, size + 5, size + 6, size + 7});
    expect_hashes<8>({size + 7, size + 6, size + 5, size + 4, size + 3, size + 2, size + 1, size});
  }
}

TEST_P(Sha512Lanes, OneLongMessageAmongEmptyOnes) {
  for (size_t lane = 0; lane < 8; ++lane) {
    std::array<size_t, 8> sizes{};
    sizes[lane] = kMessageMax;
    expect_hashes<4>(sizes);
    expect_hashes<8>(sizes);
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, Sha512Lanes, testing::ValuesIn(all_primitives()), NameOfPrimitives());

}  // namespace
}  // namespace signet::lanes
