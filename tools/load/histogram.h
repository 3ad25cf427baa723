// Histogram: latencies in logarithmic buckets, as HdrHistogram has them: each power of two is cut into 128 equal parts,
// so that a value read back is within 0.4% of what was recorded, from nanoseconds to centuries, in 58 KiB.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace signet::load {

// Thread rule: one at a time. Recording neither allocates nor branches on the value's size.
class Histogram {
 public:
  void record(uint64_t value) {
    ++counts_[bucket_of(value)];
    ++count_;
    if (value > largest_) largest_ = value;
  }
  // Adds what `other` has recorded.
  void add(const Histogram& other);

  uint64_t count() const { return count_; }
  // Exact; 0 when nothing was recorded.
  uint64_t largest() const { return largest_; }
  // The value that a `share` (0..1) of all recorded values do not exceed; 0 when nothing was recorded.
  uint64_t percentile(double share) const;

 private:
  static constexpr unsigned kPartBits = 7;
  static constexpr size_t kParts = size_t{1} << kPartBits;
  static constexpr size_t kBuckets = (64 - kPartBits + 1) * kParts;

  // Values below 2 * kParts have a bucket each; above, a bucket is 2^shift wide.
  static constexpr size_t bucket_of(uint64_t value) {
    const unsigned shift = static_cast<unsigned>(std::bit_width(value | kParts)) - kPartBits - 1;
    return shift * kParts + static_cast<size_t>(value >> shift);
  }
  static uint64_t middle_of(size_t bucket);

  std::array<uint64_t, kBuckets> counts_{};
  uint64_t count_ = 0;
  uint64_t largest_ = 0;
};

}  // namespace signet::load
