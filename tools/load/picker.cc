#include "tools/load/picker.h"

#include <array>
#include <utility>

namespace signet::load {

std::optional<Distribution> distribution_named(std::string_view name) {
  constexpr std::array kNames{std::pair{"hot", Distribution::kHot}, std::pair{"zipf", Distribution::kZipf},
                              std::pair{"uniform", Distribution::kUniform},
                              std::pair{"never-seen", Distribution::kNeverSeen}};
  for (const auto& [known, distribution] : kNames) {
    if (name == known) return distribution;
  }
  return std::nullopt;
}

PickPlan::PickPlan(Distribution how, size_t count_of_all) : distribution(how), count(count_of_all) {
  if (how == Distribution::kZipf) table = std::make_shared<const AliasTable>(zipf_weights(count_of_all));
}

}  // namespace signet::load
