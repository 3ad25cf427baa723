#include "keystore/store/operations/grant_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/oauth/scope.h"

namespace signet::store {

Outcome check_grant_subject(std::string_view subject) {
  if (!subject.empty() && subject.size() <= kFamilySubjectSizeMax) return {};
  return refuse(StoreErrorKind::kInvalid, fmt::format("a subject has 1 to {} octets", kFamilySubjectSizeMax));
}

Outcome check_grant_scope(std::string_view scope) {
  if (!scope.empty() && !valid_scope(scope)) return refuse(StoreErrorKind::kInvalid, "bad scope");
  return {};
}

Outcome check_grant_audiences(const std::vector<std::string>& audiences, size_t least) {
  const bool fit = std::ranges::all_of(audiences, [](const std::string& audience) {
    return !audience.empty() && audience.size() <= kFamilyAudienceSizeMax;
  });
  if (fit && audiences.size() >= least && audiences.size() <= kFamilyAudiencesMax) return {};
  return refuse(StoreErrorKind::kInvalid, fmt::format("there are {} to {} audiences of at most {} octets", least,
                                                      kFamilyAudiencesMax, kFamilyAudienceSizeMax));
}

Outcome check_grant_client(const Client& client, std::string_view scope) {
  if ((client.flags & kClientDisabled) != 0) {
    return refuse(StoreErrorKind::kInvalid, fmt::format("client {} is disabled", client.client_id));
  }
  if (!scope_is_subset(client.scope, scope)) {
    return refuse(StoreErrorKind::kInvalid, fmt::format("client {} has not all of the scope", client.client_id));
  }
  return {};
}

}  // namespace signet::store
