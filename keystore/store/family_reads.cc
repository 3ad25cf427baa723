#include "keystore/store/family_reads.h"

#include "keystore/store/family_rows.h"
#include "keystore/store/keys.h"

namespace signet::store {
namespace {

std::unexpected<StoreError> unreadable(std::string text) {
  return std::unexpected(StoreError{StoreErrorKind::kUnavailable, std::move(text)});
}

std::unexpected<StoreError> damaged_row() { return unreadable("a row of a refresh family cannot be read"); }

bool wanted(const RefreshFamily& family, const FamilyQuery& query) {
  return (query.client_id.empty() || family.client_id == query.client_id) &&
         (query.subject.empty() || family.subject == query.subject);
}

struct Range {
  Family family{};
  std::string prefix;
};

Range names(const FamilyQuery& query, FamilyNameKind kind, const std::string& name) {
  return {Family::kFamilyNames, family_name_prefix(query.tenant, kind, name)};
}

// Where the query's rows are. A family whose subject is its client has no row as a subject: those of the client of that
// name are looked through too.
std::vector<Range> ranges_of(const FamilyQuery& query) {
  if (!query.client_id.empty()) return {names(query, FamilyNameKind::kClient, query.client_id)};
  if (!query.subject.empty()) {
    return {names(query, FamilyNameKind::kSubject, query.subject),
            names(query, FamilyNameKind::kClient, query.subject)};
  }
  return {{Family::kRefreshFamilies, tenant_prefix(query.tenant)}};
}

// At most `limit` ids of a range, from behind `after` on. The look at the families comes later, outside the iterator.
std::expected<std::vector<FamilyId>, StoreError> ids_of(const Database& database, const Range& range,
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
  if (!readable) return damaged_row();
  return ids;
}

std::expected<void, StoreError> add_families(const Database& database, const FamilyQuery& query,
                                             std::span<const FamilyId> ids, FamilyPage& page) {
  for (const FamilyId& id : ids) {
    auto family = read_family(database, query.tenant, id);
    if (!family) return std::unexpected(family.error());
    // An index row may outlive its family, or be of another name with the same hash.
    if (*family && wanted(**family, query)) page.families.push_back(std::move(**family));
  }
  return {};
}

}  // namespace

std::expected<std::optional<RefreshFamily>, StoreError> read_family(const Database& database, uint32_t tenant,
                                                                    const FamilyId& id) {
  const std::string key = family_key(tenant, id);
  const auto value = database.get(Family::kRefreshFamilies, key);
  if (!value) return unreadable(value.error().text);
  if (!*value) return std::nullopt;
  RefreshFamily family;
  if (!decode_family(key, **value, family)) return damaged_row();
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
  const auto ranges = ranges_of(query);
  size_t left = query.limit;
  for (size_t part = query.after ? query.after->part : 0; part < ranges.size() && left > 0; ++part) {
    const bool goes_on = query.after && query.after->part == part;
    const auto ids = ids_of(database, ranges[part], goes_on ? &query.after->after : nullptr, left);
    if (!ids) return std::unexpected(ids.error());
    if (auto added = add_families(database, query, *ids, page); !added) return std::unexpected(added.error());
    left -= ids->size();
    if (left == 0) page.next = {static_cast<uint8_t>(part), ids->back()};
  }
  return page;
}

}  // namespace signet::store
