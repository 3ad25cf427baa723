// Whether the time of a piece of work tells which of two kinds its input was of: after "dude, is my code constant
// time?" (Reparaz, Balasch, Verbauwhede 2017), made so that the unrest of a shared machine does not look like a leak,
// and a leak not like unrest.
//
// - A sample draws kind and member at random, copies the member to the one place that the work reads, and times the
//   work alone. So both kinds have the same addresses, and nothing that happens to the machine knows of kinds. (Where
//   the work reads the pools themselves, one kind may lie worse in the caches than the other: random against random
//   then shows a difference too.) Members lie in their pool in random order.
// - The samples are cut into blocks. Each has a threshold of its own, above which a sample is taken for interrupted:
//   the tenth part of the block that is slowest, of both kinds together. From the rest comes Welch's t of the block.
//   The statistic is the median of the blocks' t, divided by what such a median deviates by where there is nothing,
//   1.2533/sqrt(blocks). The clock may change between blocks, and a block that went badly counts as one. The price:
//   a fifth less of t than all samples at once would give, and what happens in less than half of the blocks is
//   not seen.
// - A leak could hide among the samples that were left out: whether one kind has more of those is a second statistic
//   (the difference of two proportions). Both are about normal with deviation 1 where there is nothing.
// - A line is suspect when a statistic exceeds kLimit, and again with the same sign in a repeat with other draws, other
//   members and twice as many samples. A true difference has t grow by 1.4 in the repeat, so that little of what the
//   first run finds is lost; what chance or unrest made does not come twice. Controls are judged by the same rule:
//   random against random must not be suspect, and what leaks must be, in both runs.
// - What could have been found is printed: the difference of means, in thousandths of the time, that gives kLimit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace signet::lane_timing {

inline constexpr double kLimit = 4.5;

// Members of the pools of one run. `put` copies one to where `work` reads it; `work` is what is timed.
struct Samples {
  size_t members = 0;  // of each kind
  std::function<void(size_t kind, size_t member)> put;
  std::function<void()> work;
};

struct Line {
  std::string name;
  bool leaks = false;   // a control that must be found
  size_t dearness = 1;  // so many times fewer samples
  // Pools made anew.
  std::function<Samples(std::mt19937_64& random)> make;
};

// holds prints a line of the table; false: it is not as it must be.
bool holds(const Line& line, size_t samples, uint64_t seed);

// The members of both kinds, in random order.
template <class T>
class Pools {
 public:
  // `make(kind)` gives one member.
  template <class Make>
  Pools(size_t members, std::mt19937_64& random, Make make) : members_(members), order_(2 * members) {
    for (size_t i = 0; i < order_.size(); ++i) order_[i] = i;
    std::shuffle(order_.begin(), order_.end(), random);
    all_.resize(order_.size());
    for (size_t i = 0; i < order_.size(); ++i) all_[order_[i]] = make(i / members);
  }
  const T& at(size_t kind, size_t member) const { return all_[order_[kind * members_ + member]]; }

 private:
  size_t members_;
  std::vector<size_t> order_;
  std::vector<T> all_;
};

// samples_of: pools of a plain T, of which `work` gets the copy.
template <class T, class Make, class Work>
Samples samples_of(size_t members, std::mt19937_64& random, Make make, Work work) {
  const auto pools = std::make_shared<const Pools<T>>(members, random, std::move(make));
  const auto place = std::make_shared<T>();
  return {members, [pools, place](size_t kind, size_t member) { *place = pools->at(kind, member); },
          [place, work = std::move(work)] { work(*place); }};
}

}  // namespace signet::lane_timing
