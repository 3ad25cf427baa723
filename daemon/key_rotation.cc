#include "daemon/key_rotation.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace signet {
namespace {

constexpr uint32_t kPeriodMaxS = 3650u * 24 * 60 * 60;

bool tenant_or_all(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return name == "*" || (!name.empty() && name.size() <= 64 && std::ranges::all_of(name, fits));
}

}  // namespace

std::optional<KeyRotationRule> parse_key_rotation(std::string_view text) {
  const size_t slash = text.find('/');
  const size_t equals = text.rfind('=');
  if (slash == std::string_view::npos || equals == std::string_view::npos || equals < slash) return std::nullopt;
  KeyRotationRule rule{.tenant = std::string(text.substr(0, slash)),
                       .algorithm = std::string(text.substr(slash + 1, equals - slash - 1))};
  const std::string_view seconds = text.substr(equals + 1);
  const auto [end, error] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), rule.period_s);
  if (error != std::errc() || end != seconds.data() + seconds.size()) return std::nullopt;
  if (rule.period_s != 0 && (rule.period_s < kKeyPeriodMinS || rule.period_s > kPeriodMaxS)) return std::nullopt;
  if (!tenant_or_all(rule.tenant) || (rule.algorithm != "*" && !parse_jws_algorithm(rule.algorithm))) {
    return std::nullopt;
  }
  return rule;
}

KeySchedule key_schedule(const Config& config) {
  KeySchedule schedule{.rules = {}, .period_s = config.key_rotation_s};
  for (const std::string& text : config.key_rotation) {
    if (auto rule = parse_key_rotation(text)) schedule.rules.push_back(*std::move(rule));
  }
  return schedule;
}

}  // namespace signet
