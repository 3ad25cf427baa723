#include "keystore/dialect_configurations.h"

#include <algorithm>

namespace signet {
namespace {

using Entry = std::shared_ptr<const DialectConfiguration>;

uint32_t tenant_of(const Entry& entry) { return entry->tenant; }

}  // namespace

std::span<const Entry> DialectConfigurations::of_tenant(uint32_t tenant) const {
  const auto range = std::ranges::equal_range(entries_, tenant, {}, tenant_of);
  return {range.begin(), range.end()};
}

const DialectConfiguration* DialectConfigurations::find(uint32_t tenant, std::string_view id) const {
  const auto own = of_tenant(tenant);
  const auto id_of = [](const Entry& entry) { return std::string_view(entry->id); };
  const auto found = std::ranges::lower_bound(own, id, {}, id_of);
  return found != own.end() && (*found)->id == id ? found->get() : nullptr;
}

bool DialectConfigurationBuilder::put(DialectConfiguration configuration) {
  std::pair place(configuration.tenant, configuration.id);
  auto entry = std::make_shared<const DialectConfiguration>(std::move(configuration));
  return !entries_.insert_or_assign(std::move(place), std::move(entry)).second;
}

bool DialectConfigurationBuilder::erase(uint32_t tenant, const std::string& id) {
  return entries_.erase({tenant, id}) != 0;
}

bool DialectConfigurationBuilder::erase_tenant(uint32_t tenant) {
  return std::erase_if(entries_, [&](const auto& entry) { return entry.first.first == tenant; }) != 0;
}

std::unique_ptr<const DialectConfigurations> DialectConfigurationBuilder::build() const {
  DialectConfigurations::Entries entries;
  entries.reserve(entries_.size());
  for (const auto& [place, entry] : entries_) entries.push_back(entry);
  return std::make_unique<const DialectConfigurations>(std::move(entries));
}

}  // namespace signet
