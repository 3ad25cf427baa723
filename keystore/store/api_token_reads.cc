#include "keystore/store/api_token_reads.h"

#include "keystore/store/api_token_rows.h"
#include "keystore/store/grant_ranges.h"

namespace signet::store {
namespace {

bool wanted(const ApiToken& token, const ApiTokenQuery& query) {
  return (query.client_id.empty() || token.client_id == query.client_id) &&
         (query.subject.empty() || token.subject == query.subject) && (!query.kind || token.kind == *query.kind);
}

}  // namespace

std::expected<std::optional<ApiToken>, StoreError> read_api_token(const Database& database, uint32_t tenant,
                                                                  const ApiTokenId& id) {
  const std::string key = api_token_key(tenant, id);
  const auto value = database.get(Family::kApiTokens, key);
  if (!value) return unreadable(value.error().text);
  if (!*value) return std::nullopt;
  ApiToken token;
  if (!decode_api_token(key, **value, token)) return damaged_grant();
  return token;
}

std::expected<ApiTokenPage, StoreError> read_api_token_page(const Database& database, const ApiTokenQuery& query) {
  ApiTokenPage page;
  const auto ranges = grant_ranges(kApiTokenRows, query.tenant, query.client_id, query.subject);
  const auto next = walk_grants(database, ranges, query.after, query.limit,
                                [&](const ApiTokenId& id) -> std::expected<void, StoreError> {
                                  auto token = read_api_token(database, query.tenant, id);
                                  if (!token) return std::unexpected(token.error());
                                  if (*token && wanted(**token, query)) page.tokens.push_back(std::move(**token));
                                  return {};
                                });
  if (!next) return std::unexpected(next.error());
  page.next = *next;
  return page;
}

}  // namespace signet::store
