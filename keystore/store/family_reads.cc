#include "keystore/store/family_reads.h"

#include "keystore/store/family_rows.h"
#include "keystore/store/grant_ranges.h"

namespace signet::store {
namespace {

bool wanted(const RefreshFamily& family, const FamilyQuery& query) {
  return (query.client_id.empty() || family.client_id == query.client_id) &&
         (query.subject.empty() || family.subject == query.subject);
}

}  // namespace

std::expected<std::optional<RefreshFamily>, StoreError> read_family(const Database& database, uint32_t tenant,
                                                                    const FamilyId& id) {
  const std::string key = family_key(tenant, id);
  const auto value = database.get(Family::kRefreshFamilies, key);
  if (!value) return unreadable(value.error().text);
  if (!*value) return std::nullopt;
  RefreshFamily family;
  if (!decode_family(key, **value, family)) return damaged_grant();
  return family;
}

std::expected<bool, StoreError> any_family(const Database& database) {
  bool any = false;
  for (const Family family : {Family::kRefreshFamilies, Family::kApiTokens}) {
    const auto scanned = database.scan(family, {}, {}, [&](auto, auto) {
      any = true;
      return false;
    });
    if (!scanned) return unreadable(scanned.error().text);
  }
  return any;
}

std::expected<FamilyPage, StoreError> read_family_page(const Database& database, const FamilyQuery& query) {
  FamilyPage page;
  const auto ranges = grant_ranges(kFamilyRows, query.tenant, query.client_id, query.subject);
  const auto next = walk_grants(database, ranges, query.after, query.limit,
                                [&](const FamilyId& id) -> std::expected<void, StoreError> {
                                  auto family = read_family(database, query.tenant, id);
                                  if (!family) return std::unexpected(family.error());
                                  if (*family && wanted(**family, query)) page.families.push_back(std::move(**family));
                                  return {};
                                });
  if (!next) return std::unexpected(next.error());
  page.next = *next;
  return page;
}

}  // namespace signet::store
