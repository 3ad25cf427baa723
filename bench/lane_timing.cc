// Whether the time of the lanes tells anything of keys and messages: samples of two kinds, drawn at random from pools
// of equal size so that choosing is the same work, compared by Welch's t. One kind is all alike, the other is random.
// Two controls: random against random shows nothing, and a comparison that stops at the first difference shows.
//   lane_timing [samples]      (default 200000; exit 1 when a |t| is above 4.5, or the second control's below)
#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "keystore/signing/lanes/ed25519_lane_key.h"
#include "keystore/signing/lanes/ed25519_lanes.h"
#include "keystore/signing/lanes/inverse25519.h"
#include "keystore/signing/lanes/lane_support.h"

namespace signet::lanes {
namespace {

constexpr size_t kPool = 128;
constexpr size_t kSize = 300;
constexpr double kLimit = 4.5;
constexpr double kKept = 0.9;  // of the samples: what is slower was interrupted

uint64_t now() {
  uint32_t low = 0, high = 0;
  asm volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
  return uint64_t{high} << 32 | low;
}

struct Sums {
  double count = 0, mean = 0, squares = 0;
  void add(double value) {
    count += 1;
    const double delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  double error() const { return squares / (count - 1) / count; }
};

// What is done with member `index` of the pools: the first kPool are of one kind.
using Work = std::function<void(size_t index)>;

double welch_t(const Work& work, size_t samples, std::mt19937_64& random) {
  std::vector<uint32_t> drawn(samples);
  for (uint32_t& index : drawn) index = static_cast<uint32_t>(random() % (2 * kPool));
  std::vector<uint64_t> took(samples);
  for (size_t i = 0; i < samples; ++i) {
    const uint64_t before = now();
    work(drawn[i]);
    took[i] = now() - before;
  }
  auto sorted = took;
  const auto limit = sorted.begin() + static_cast<ptrdiff_t>(static_cast<double>(samples) * kKept);
  std::nth_element(sorted.begin(), limit, sorted.end());
  std::array<Sums, 2> kinds;
  for (size_t i = 0; i < samples; ++i) {
    if (took[i] <= *limit) kinds[drawn[i] / kPool].add(static_cast<double>(took[i]));
  }
  return (kinds[0].mean - kinds[1].mean) / std::sqrt(kinds[0].error() + kinds[1].error());
}

// Eight messages and keys for each member of the pools.
class Signing {
 public:
  Signing(bool first_kind_keys, bool first_kind_messages, std::mt19937_64& random) : members_(2 * kPool) {
    const auto fill = [&](auto& octets, bool alike) {
      for (auto& octet : octets) octet = alike ? uint8_t{0} : static_cast<uint8_t>(random());
    };
    for (size_t i = 0; i < members_.size(); ++i) {
      Member& member = members_[i];
      std::array<uint8_t, crypto_sign_SEEDBYTES> seed;
      std::array<uint8_t, crypto_sign_SECRETKEYBYTES> secret;
      std::array<uint8_t, crypto_sign_PUBLICKEYBYTES> public_key;
      fill(seed, i < kPool && first_kind_keys);
      crypto_sign_seed_keypair(public_key.data(), secret.data(), seed.data());
      make_ed25519_lane_key(secret, member.key);
      for (size_t lane = 0; lane < kLanes; ++lane) {
        fill(member.messages[lane], i < kPool && first_kind_messages);
        member.jobs[lane] = {&member.key, {member.messages[lane].data(), kSize}, signatures_[lane].data()};
      }
    }
  }
  void operator()(size_t index) { ed25519_sign_avx512(*base_table(), members_[index].jobs.data(), 1); }

 private:
  struct Member {
    Ed25519LaneKey key;
    std::array<std::array<uint8_t, kSize>, kLanes> messages;
    std::array<Ed25519LaneJob, kLanes> jobs;
  };
  std::vector<Member> members_;
  std::array<std::array<uint8_t, crypto_sign_BYTES>, kLanes> signatures_;
};

class Numbers {
 public:
  explicit Numbers(std::mt19937_64& random) : numbers_(2 * kPool) {
    for (size_t i = 0; i < numbers_.size(); ++i) {
      for (uint64_t& word : numbers_[i]) word = i < kPool ? 0 : random();
      numbers_[i][0] |= 1;
      numbers_[i][3] >>= 2;
    }
  }
  void invert(size_t index) {
    uint64_t words[4];
    std::memcpy(words, numbers_[index].data(), sizeof words);
    inverse25519(words);
    asm volatile("" : : "r"(words) : "memory");
  }
  // The control: as long as the number's words are zero.
  void count_zeroes(size_t index) {
    size_t zeroes = 0;
    for (int round = 0; round < 40; ++round) {
      for (size_t i = 3; i > 0 && numbers_[index][i] == 0; --i) ++zeroes;
      asm volatile("" : "+r"(zeroes) : : "memory");
    }
  }

 private:
  std::vector<std::array<uint64_t, 4>> numbers_;
};

bool compare(const char* name, size_t samples, bool leaks, const Work& work) {
  std::mt19937_64 random(samples);
  welch_t(work, samples / 20 + 10, random);  // warm
  const double t = welch_t(work, samples, random);
  const bool good = leaks ? std::abs(t) > kLimit : std::abs(t) < kLimit;
  fmt::print("{:44} |t| = {:6.2f}  {}\n", name, std::abs(t), good ? "as it must be" : "WRONG");
  return good;
}

int run(size_t samples) {
  if (!avx512_lanes_supported()) return fmt::print("this processor has no AVX-512 IFMA\n"), 77;
  std::mt19937_64 random(3);
  const auto keys = std::make_unique<Signing>(true, false, random);
  const auto messages = std::make_unique<Signing>(false, true, random);
  const auto both = std::make_unique<Signing>(true, true, random);
  const auto neither = std::make_unique<Signing>(false, false, random);
  Numbers numbers(random);
  bool good = true;
  good &= compare("control: random against random", samples, false, std::ref(*neither));
  good &= compare("control: what stops at a difference", samples, true, [&](size_t i) { numbers.count_zeroes(i); });
  good &= compare("sign: one key against random ones", samples, false, std::ref(*keys));
  good &= compare("sign: one message against random ones", samples, false, std::ref(*messages));
  good &= compare("sign: one nonce against random ones", samples, false, std::ref(*both));
  good &= compare("inversion: of 1 against random numbers", samples, false, [&](size_t i) { numbers.invert(i); });
  return good ? 0 : 1;
}

}  // namespace
}  // namespace signet::lanes

int main(int argc, char** argv) {
  if (sodium_init() < 0) return 2;
  return signet::lanes::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200'000);
}
