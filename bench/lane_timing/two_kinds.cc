#include "bench/lane_timing/two_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <span>

namespace signet::lane_timing {
namespace {

constexpr size_t kBlocks = 51;
constexpr size_t kBlockMin = 40;  // samples; fewer have no t to speak of
constexpr double kKept = 0.9;

// What was begun before is done. Not its stores: waiting for them would hide what is done meanwhile.
uint64_t now() {
  uint32_t low = 0, high = 0;
  asm volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
  return uint64_t{high} << 32 | low;
}

void finish_stores() { asm volatile("mfence" : : : "memory"); }

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

struct Sample {
  uint64_t took;
  size_t kind;
};

struct Block {
  double t = 0, deviation = 0, mean = 0;  // `deviation`: of the difference of means
};

// The samples of both kinds, and how many of them were left out.
struct Counts {
  std::array<double, 2> all{}, out{};
};

Block block_of(std::span<const Sample> samples, Counts& counts) {
  std::vector<uint64_t> sorted;
  sorted.reserve(samples.size());
  for (const Sample& sample : samples) sorted.push_back(sample.took);
  const auto limit = sorted.begin() + static_cast<ptrdiff_t>(static_cast<double>(sorted.size()) * kKept);
  std::nth_element(sorted.begin(), limit, sorted.end());
  std::array<Sums, 2> kinds;
  for (const Sample& sample : samples) {
    counts.all[sample.kind] += 1;
    if (sample.took > *limit) {
      counts.out[sample.kind] += 1;
    } else {
      kinds[sample.kind].add(static_cast<double>(sample.took));
    }
  }
  const double deviation = std::sqrt(kinds[0].error() + kinds[1].error());
  const double difference = kinds[0].mean - kinds[1].mean;
  // Times that are all alike, of both kinds, differ by nothing.
  return {deviation > 0 ? difference / deviation : difference * 1e9, deviation, (kinds[0].mean + kinds[1].mean) / 2};
}

double median_of(std::span<const Block> blocks, double Block::* member) {
  std::vector<double> values;
  for (const Block& block : blocks) values.push_back(block.*member);
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double difference_of_shares(const Counts& counts) {
  const double share = (counts.out[0] + counts.out[1]) / (counts.all[0] + counts.all[1]);
  const double variance = share * (1 - share) * (1 / counts.all[0] + 1 / counts.all[1]);
  return variance > 0 ? (counts.out[0] / counts.all[0] - counts.out[1] / counts.all[1]) / std::sqrt(variance) : 0;
}

struct Result {
  double of_times = 0, of_shares = 0;  // both statistics
  double visible = 0;                  // the difference that gives kLimit, of the mean
};

Result measured(const Line& line, size_t count, std::mt19937_64& random) {
  const Samples samples = line.make(random);
  const size_t of_block = std::max(kBlockMin, count / line.dearness / kBlocks);
  std::vector<Sample> taken(of_block * (kBlocks + 1));
  for (Sample& sample : taken) {
    const uint64_t drawn = random();
    sample.kind = drawn & 1;
    samples.put(sample.kind, (drawn >> 1) % samples.members);
    finish_stores();
    const uint64_t before = now();
    samples.work();
    sample.took = now() - before;
  }
  // The first block warms up.
  Counts counts;
  std::array<Block, kBlocks> blocks;
  for (size_t i = 0; i < kBlocks; ++i)
    blocks[i] = block_of(std::span(taken).subspan((i + 1) * of_block, of_block), counts);
  const double of_median = std::sqrt(std::numbers::pi / 2 / kBlocks);
  return {median_of(blocks, &Block::t) / of_median, difference_of_shares(counts),
          kLimit * of_median * median_of(blocks, &Block::deviation) / median_of(blocks, &Block::mean)};
}

bool confirmed(double first, double second) {
  return std::abs(first) > kLimit && std::abs(second) > kLimit && std::signbit(first) == std::signbit(second);
}

}  // namespace

bool holds(const Line& line, size_t samples, uint64_t seed) {
  std::mt19937_64 random(seed);
  const Result first = measured(line, samples, random);
  fmt::print("{:52} {:7.2f} {:7.2f}  {:5.2f}", line.name, first.of_times, first.of_shares, first.visible * 1000);
  bool suspect = false;
  if (line.leaks || std::abs(first.of_times) > kLimit || std::abs(first.of_shares) > kLimit) {
    const Result again = measured(line, 2 * samples, random);
    fmt::print("  again {:7.2f} {:7.2f}", again.of_times, again.of_shares);
    suspect = confirmed(first.of_times, again.of_times) || confirmed(first.of_shares, again.of_shares);
  }
  fmt::print("  {}\n", suspect == line.leaks ? "as it must be" : "WRONG");
  std::fflush(stdout);
  return suspect == line.leaks;
}

}  // namespace signet::lane_timing
