#include "tools/load/alias_table.h"

#include <numeric>

namespace signet::load {

AliasTable::AliasTable(std::span<const double> weights) : cells_(weights.size()) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> scaled(weights.size());
  std::vector<uint32_t> small, large;
  for (uint32_t i = 0; i < weights.size(); ++i) {
    scaled[i] = weights[i] * static_cast<double>(weights.size()) / sum;
    (scaled[i] < 1 ? small : large).push_back(i);
  }
  // Each cell holds one weight below the mean and the part of a larger one that fills it.
  while (!small.empty() && !large.empty()) {
    const uint32_t low = small.back(), high = large.back();
    small.pop_back();
    cells_[low].limit = static_cast<uint64_t>(scaled[low] * 4294967296.0);
    cells_[low].alias = high;
    scaled[high] -= 1 - scaled[low];
    if (scaled[high] < 1) {
      large.pop_back();
      small.push_back(high);
    }
  }
  // What is left over is full, but for rounding.
}

std::vector<double> zipf_weights(size_t count) {
  std::vector<double> weights(count);
  for (size_t i = 0; i < count; ++i) weights[i] = 1.0 / static_cast<double>(i + 1);
  return weights;
}

}  // namespace signet::load
