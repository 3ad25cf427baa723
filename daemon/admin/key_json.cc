#include "daemon/admin/key_json.h"

#include "protocol/base/time_text.h"

namespace signet {
namespace {

void write_time(JsonWriter& json, JsonName name, UnixSeconds time) {
  json.key(name);
  time == 0 ? json.null() : json.string(rfc3339(time));
}

}  // namespace

KeyView key_view(std::string_view tenant, const KeyRow& row, uint32_t skew_s) {
  return {tenant, row.kid, row.audience, row.dialect, row.algorithm, row.bits, row.location, key_life(row), skew_s};
}

KeyView key_view(std::string_view tenant, const SigningKey& key, uint32_t skew_s) {
  return {tenant, key.kid, key.audience, key.dialect, key.algorithm, key.bits, key.location, key_life(key), skew_s};
}

void write_key(JsonWriter& json, const KeyView& key) {
  const KeyLife& life = key.life;
  json.begin_object();
  json.member("tenant", key.tenant);
  json.member("kid", key.kid);
  json.member("alg", jws_algorithm_name(key.algorithm));
  json.member("status", key_status_name(life.status));
  json.member("audience", key.audience);
  json.member("dialect", key.dialect);
  json.member_integer("bits", key.bits);
  json.member("location", key.location);
  write_time(json, "created_at", life.published_at);
  write_time(json, "signs_from", life.status == KeyStatus::kPending ? may_sign_from(life, key.skew_s) : 0);
  write_time(json, "activate_at", life.terms.activate_at);
  write_time(json, "activated_at", life.activated_at);
  write_time(json, "retiring_at", life.terms.retiring_at);
  write_time(json, "retires_from", life.status == KeyStatus::kRetiring ? may_retire_from(life, key.skew_s) : 0);
  write_time(json, "retired_at", life.terms.retired_at);
  json.end_object();
}

}  // namespace signet
