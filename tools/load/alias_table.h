// AliasTable: draws a number by given weights in constant time (Walker 1977, in Vose's form).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace signet::load {

// Immutable. Thread rule: any.
class AliasTable {
 public:
  // `weights` are not negative, at least one is positive, and there are fewer than 2^32. Allocates.
  explicit AliasTable(std::span<const double> weights);

  size_t size() const { return cells_.size(); }
  // pick gives a number below size(), by the weights, from 64 random bits. Does not allocate.
  size_t pick(uint64_t random) const {
    const auto at = static_cast<size_t>(((random >> 32) * cells_.size()) >> 32);
    const Cell& cell = cells_[at];
    return static_cast<uint32_t>(random) < cell.limit ? at : cell.alias;
  }

 private:
  struct Cell {
    uint64_t limit = uint64_t{1} << 32;  // below it, the cell's own number
    uint32_t alias = 0;
  };
  std::vector<Cell> cells_;
};

// zipf_weights: 1, 1/2, 1/3... of `count`: the hottest of 10,000 gets a tenth of all draws. Allocates.
std::vector<double> zipf_weights(size_t count);

}  // namespace signet::load
