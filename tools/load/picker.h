// Picker: which of the prepared tokens or clients the next request is about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "tools/load/alias_table.h"
#include "tools/load/random.h"
#include "tools/load/workload.h"

namespace signet::load {

enum class Distribution : uint8_t {
  kHot,        // always the same one
  kZipf,       // a few of them most of the time, as tokens are used
  kUniform,    // each as often as the others
  kNeverSeen,  // each once
};
std::optional<Distribution> distribution_named(std::string_view name);  // hot, zipf, uniform, never-seen

// The pickers of one run share what is large of it. Any thread.
struct PickPlan {
  PickPlan(Distribution how, size_t count_of_all);
  Distribution distribution;
  size_t count;
  std::shared_ptr<const AliasTable> table;  // of Zipf
};

// Not thread-safe. Does not allocate.
class Picker {
 public:
  Picker(PickPlan plan, const Share& share)
      : plan_(std::move(plan)), random_(share.worker), next_(share.worker), step_(share.workers) {}

  // pick gives a number below the plan's count; nothing when each was used once and may not be used again.
  std::optional<size_t> pick() {
    switch (plan_.distribution) {
      case Distribution::kHot:
        return 0;
      case Distribution::kZipf:
        return plan_.table->pick(random_.next());
      case Distribution::kUniform:
        return static_cast<size_t>((random_.next() >> 32) * plan_.count >> 32);
      case Distribution::kNeverSeen:
        break;
    }
    if (next_ >= plan_.count) return std::nullopt;
    const size_t at = next_;
    next_ += step_;
    return at;
  }

 private:
  PickPlan plan_;
  Random random_;
  size_t next_;
  size_t step_;  // workers take turns, so that none sees what another has used
};

}  // namespace signet::load
