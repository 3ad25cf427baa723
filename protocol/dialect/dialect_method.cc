#include "protocol/dialect/dialect_method.h"

#include <algorithm>
#include <array>
#include <string>

namespace signet {
namespace {

constexpr std::array<std::string_view, 6> kNames{"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
constexpr size_t kSets = 1U << kNames.size();

std::array<std::string, kSets> make_allow_texts() {
  std::array<std::string, kSets> texts;
  for (size_t bits = 0; bits < kSets; ++bits) {
    for (size_t i = 0; i < kNames.size(); ++i) {
      if ((bits >> i & 1) == 0) continue;
      if (!texts[bits].empty()) texts[bits] += ", ";
      texts[bits] += kNames[i];
      if (i == 0) texts[bits] += ", HEAD";
    }
  }
  return texts;
}

}  // namespace

bool DialectMethods::contain(std::string_view method) const {
  if (any) return true;
  const auto bit = method == "HEAD" ? DialectMethod::kGet : find_dialect_method(method);
  return bit && (bits & static_cast<uint8_t>(*bit)) != 0;
}

std::optional<DialectMethod> find_dialect_method(std::string_view name) {
  const auto at = std::ranges::find(kNames, name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<DialectMethod>(1U << static_cast<unsigned>(at - kNames.begin()));
}

std::span<const std::string_view> dialect_method_names() { return kNames; }

std::string_view allow_text(DialectMethods methods) {
  static const std::array<std::string, kSets> kTexts = make_allow_texts();
  return kTexts[methods.bits % kSets];
}

}  // namespace signet
