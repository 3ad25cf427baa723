#include "keystore/store/api_token_rows.h"

#include "keystore/store/keys.h"
#include "keystore/store/records.h"

namespace signet::store {
namespace {

// Its memory is reused from row to row.
records::ApiTokenRow& scratch_row() {
  thread_local records::ApiTokenRow row;
  row.Clear();
  return row;
}

bool parse(records::ApiTokenRow& row, std::string_view value) {
  return row.ParseFromArray(value.data(), static_cast<int>(value.size()));
}

bool plausible(const records::ApiTokenRow& row) {
  return !row.client_id().empty() && row.kind() >= 1 && row.kind() <= UINT8_MAX &&
         row.key_version_less_1() < UINT8_MAX && row.created_ms() > 0 && row.expires_at_s() >= 0;
}

}  // namespace

std::string encode_api_token(const ApiToken& token) {
  auto& row = scratch_row();
  row.set_client_id(token.client_id);
  if (token.subject != token.client_id) row.set_subject(token.subject);
  row.set_scope(token.scope);
  for (const auto& audience : token.audiences) row.add_audiences(audience);
  row.set_name(token.name);
  row.set_kind(static_cast<uint32_t>(token.kind));
  row.set_key_version_less_1(token.key_version - 1U);
  row.set_created_ms(token.created_ms);
  row.set_expires_at_s(token.expires_at);
  row.set_last_used_minute(token.last_used_minute);
  return row.SerializeAsString();
}

bool decode_api_token(std::string_view key, std::string_view value, ApiToken& token) {
  auto& row = scratch_row();
  const auto tenant = key_tenant(key);
  const auto id = family_of_key(key);
  if (!tenant || !id || !parse(row, value) || !plausible(row)) return false;
  token.tenant = *tenant;
  token.id = *id;
  token.key_version = static_cast<uint8_t>(row.key_version_less_1() + 1);
  token.kind = static_cast<ApiTokenKind>(row.kind());
  token.client_id = row.client_id();
  token.subject = row.subject().empty() ? row.client_id() : row.subject();
  token.name = row.name();
  token.scope = row.scope();
  token.audiences.assign(row.audiences().begin(), row.audiences().end());
  token.created_ms = row.created_ms();
  token.expires_at = row.expires_at_s();
  token.last_used_minute = row.last_used_minute();
  return true;
}

std::string encode_api_token_name(UnixSeconds expires_at) {
  return encode_family_name(expires_at == 0 ? INT64_MAX : expires_at);
}

bool api_token_expired(std::string_view value, UnixSeconds safe_now) {
  auto& row = scratch_row();
  return parse(row, value) && api_token_over(row.expires_at_s(), safe_now);
}

}  // namespace signet::store
