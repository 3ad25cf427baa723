#include "tools/load/histogram.h"

#include <algorithm>
#include <cmath>

namespace signet::load {

void Histogram::add(const Histogram& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  largest_ = std::max(largest_, other.largest_);
}

uint64_t Histogram::middle_of(size_t bucket) {
  if (bucket < 2 * kParts) return bucket;
  const size_t shift = bucket / kParts - 1;
  const uint64_t lowest = static_cast<uint64_t>(bucket - shift * kParts) << shift;
  return lowest + (uint64_t{1} << shift) / 2;
}

uint64_t Histogram::percentile(double share) const {
  if (count_ == 0) return 0;
  const double rank = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
  const uint64_t wanted = std::clamp<uint64_t>(static_cast<uint64_t>(rank), 1, count_);
  if (wanted == count_) return largest_;
  uint64_t passed = 0;
  for (size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    passed += counts_[bucket];
    if (passed >= wanted) return std::min(middle_of(bucket), largest_);
  }
  return largest_;
}

}  // namespace signet::load
