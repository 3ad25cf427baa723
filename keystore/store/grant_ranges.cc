#include "keystore/store/grant_ranges.h"

#include "keystore/store/keys.h"

namespace signet::store {
namespace {

// At most `limit` ids of a range, from behind `after` on.
std::expected<std::vector<FamilyId>, StoreError> ids_of(const Database& database, const GrantRange& range,
                                                        const FamilyId* after, size_t limit) {
  std::vector<FamilyId> ids;
  std::string from = range.prefix;
  if (after != nullptr) from.append(as_text(*after)).push_back('\0');  // the key right behind it
  bool readable = true;
  const auto scanned = database.scan(range.family, from, prefix_end(range.prefix), [&](auto key, auto) {
    const auto id = range.family == Family::kFamilyNames ? family_of_name_key(key) : family_of_key(key);
    readable = id.has_value();
    if (readable) ids.push_back(*id);
    return readable && ids.size() < limit;
  });
  if (!scanned) return unreadable(scanned.error().text);
  if (!readable) return damaged_grant();
  return ids;
}

}  // namespace

std::vector<GrantRange> grant_ranges(const GrantRows& rows, uint32_t tenant, std::string_view client_id,
                                     std::string_view subject) {
  const auto named = [&](FamilyNameKind kind, std::string_view name) {
    return GrantRange{Family::kFamilyNames, family_name_prefix(tenant, kind, name)};
  };
  if (!client_id.empty()) return {named(rows.by_client, client_id)};
  if (!subject.empty()) return {named(rows.by_subject, subject), named(rows.by_client, subject)};
  return {{rows.family, tenant_prefix(tenant)}};
}

std::expected<std::optional<FamilyCursor>, StoreError> walk_grants(const Database& database,
                                                                   std::span<const GrantRange> ranges,
                                                                   const std::optional<FamilyCursor>& after,
                                                                   size_t limit, const TakeGrant& take) {
  size_t left = limit;
  for (size_t part = after ? after->part : 0; part < ranges.size() && left > 0; ++part) {
    const bool goes_on = after && after->part == part;
    const auto ids = ids_of(database, ranges[part], goes_on ? &after->after : nullptr, left);
    if (!ids) return std::unexpected(ids.error());
    for (const FamilyId& id : *ids) {
      if (const auto taken = take(id); !taken) return std::unexpected(taken.error());
    }
    left -= ids->size();
    if (left == 0) return FamilyCursor{static_cast<uint8_t>(part), ids->back()};
  }
  return std::nullopt;
}

std::unexpected<StoreError> unreadable(std::string text) {
  return std::unexpected(StoreError{StoreErrorKind::kUnavailable, std::move(text)});
}

std::unexpected<StoreError> damaged_grant() {
  return unreadable("a row of a refresh family or API token cannot be read");
}

}  // namespace signet::store
