// Where the rows of refresh families and API tokens are that a listing asks for, and the walk through them, page by
// page: by client and by subject through the index of names, else through all of a tenant.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "keystore/store/database.h"
#include "keystore/store/family_rows.h"
#include "keystore/store/store.h"

namespace signet::store {

struct GrantRange {
  Family family{};
  std::string prefix;
};

// Which rows are walked: the grants' own, and their kinds in the index of names.
struct GrantRows {
  Family family{};
  FamilyNameKind by_client{};
  FamilyNameKind by_subject{};
};
inline constexpr GrantRows kFamilyRows{Family::kRefreshFamilies, FamilyNameKind::kClient, FamilyNameKind::kSubject};
inline constexpr GrantRows kApiTokenRows{Family::kApiTokens, FamilyNameKind::kApiTokenClient,
                                         FamilyNameKind::kApiTokenSubject};

// The keys by which a grant is found by its names: its client's, and its subject's when that is another.
template <typename Grant>
std::vector<std::string> grant_name_keys(const GrantRows& rows, const Grant& grant) {
  std::vector<std::string> keys{family_name_key(grant.tenant, rows.by_client, grant.client_id, grant.id)};
  if (grant.subject != grant.client_id) {
    keys.push_back(family_name_key(grant.tenant, rows.by_subject, grant.subject, grant.id));
  }
  return keys;
}

// The parts to look through; empty names are any. A grant whose subject is its client has no row as a subject: those of
// the client of that name are looked through too.
std::vector<GrantRange> grant_ranges(const GrantRows& rows, uint32_t tenant, std::string_view client_id,
                                     std::string_view subject);

// walk_grants gives `take` at most `limit` ids from behind `after` on, and gives where to go on (nothing = that was
// the end). An index row may outlive its grant, or be of another name with the same hash: who takes looks at the grant
// itself, outside the iterator. Any thread; blocks for as long as the disk takes.
using TakeGrant = std::function<std::expected<void, StoreError>(const FamilyId& id)>;
std::expected<std::optional<FamilyCursor>, StoreError> walk_grants(const Database& database,
                                                                   std::span<const GrantRange> ranges,
                                                                   const std::optional<FamilyCursor>& after,
                                                                   size_t limit, const TakeGrant& take);

// Errors of reads beside the committer.
std::unexpected<StoreError> unreadable(std::string text);
std::unexpected<StoreError> damaged_grant();

}  // namespace signet::store
