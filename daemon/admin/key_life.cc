// The life of keys: rotate, retire, plan.
#include <fmt/format.h>

#include <ctime>

#include "daemon/admin/key_json.h"
#include "daemon/admin/key_request.h"
#include "daemon/admin/query_number.h"
#include "daemon/admin/routes.h"
#include "protocol/base/time_text.h"

namespace signet {
namespace {

constexpr uint64_t kPlanDaysMax = 3650;
constexpr uint64_t kPlanDaysDefault = 180;
constexpr UnixSeconds kDayS = 24 * 60 * 60;

bool read_flag(const JsonMember& member, bool& to, std::string& error) {
  const auto value = member.value.as_boolean();
  if (value) to = *value;
  if (!value) error = fmt::format("{}: expected true or false", member.name);
  return true;
}

// Whether the member is an override; `error` says what is wrong with it.
bool read_override(const JsonMember& member, KeyOverrides& overrides, std::string& error) {
  if (member.name == "before_verifiers_know") return read_flag(member, overrides.before_verifiers_know, error);
  if (member.name == "while_tokens_live") return read_flag(member, overrides.while_tokens_live, error);
  if (member.name == "leave_without_key") return read_flag(member, overrides.leave_without_key, error);
  return false;
}

struct RotateRequest {
  KeyRequest key;
  KeyRotation rotation;
};

std::string read_rotate_member(const JsonMember& member, RotateRequest& request) {
  KeyRotation& rotation = request.rotation;
  std::string error;
  if (member.name == "before_verifiers_know") {
    read_flag(member, rotation.overrides.before_verifiers_know, error);
  } else if (member.name == "compromised") {
    read_flag(member, rotation.compromised, error);
  } else if (member.name == "kid") {
    const std::string* text = member.value.as_string();
    if (text == nullptr || !valid_kid(*text)) return "kid: expected 1 to 64 of A-Za-z0-9_-";
    rotation.kid = *text;
  } else if (member.name == "at") {
    const auto at = member.value.as_integer();
    if (!at || *at < 1) return "at: expected seconds since 1970";
    rotation.at = *at;
  } else {
    return read_key_member(member, request.key);
  }
  return error;
}

std::expected<RotateRequest, std::string> read_rotate_request(const JsonValue& body) {
  RotateRequest request;
  for (const JsonMember& member : *body.as_object()) {
    if (std::string error = read_rotate_member(member, request); !error.empty()) return std::unexpected(error);
  }
  const KeyRotation& rotation = request.rotation;
  const bool by_algorithm = body.find("alg") != nullptr;
  const bool by_place = by_algorithm || !request.key.purpose.dialect.empty();
  if (by_place == !rotation.kid.empty()) return std::unexpected("expected either kid, or alg, or dialect");
  if (by_algorithm) {
    if (std::string error = key_request_fault(request.key); !error.empty()) return std::unexpected(error);
  }
  if (rotation.compromised && rotation.at != 0) return std::unexpected("at: a compromised key is withdrawn at once");
  if (rotation.overrides.before_verifiers_know && rotation.at != 0) {
    return std::unexpected("at: with before_verifiers_know the key signs at once");
  }
  return request;
}

void write_optional_key(JsonWriter& json, JsonName member, std::string_view tenant, const std::optional<KeyRow>& key,
                        uint32_t skew_s) {
  json.key(member);
  key ? write_key(json, key_view(tenant, *key, skew_s)) : json.null();
}

}  // namespace

void rotate_key(AdminService& admin, const AdminRequest& request) {
  auto read = read_rotate_request(request.body);
  if (!read) return admin.refuse(request.id, AdminErrorKind::kInvalid, read.error());
  const TenantKeys* tenant = admin.tenant_named(read->key.tenant);
  if (tenant == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound, no_tenant_text(read->key.tenant));
  }
  // A dialect alone says enough while it has a key.
  if (read->rotation.kid.empty() && request.body.find("alg") == nullptr) {
    const SigningKey* key = tenant->dialect_key(read->key.purpose.dialect);
    if (key == nullptr) {
      return admin.refuse(request.id, AdminErrorKind::kNotFound,
                          fmt::format("the dialect \"{}\" has no key that signs: make one with signetctl key add",
                                      read->key.purpose.dialect));
    }
    read->rotation.kid = key->kid;
  }
  read->rotation.tenant = tenant->tenant;
  read->rotation.purpose = std::move(read->key.purpose);
  auto done = [&admin, id = request.id, name = tenant->name](KeyRotated& rotated) {
    const uint32_t skew_s = admin.keystore().clock_skew_s();
    admin.answer(id, {.status = 200, .body = write_json([&](JsonWriter& json) {
                                       json.begin_object();
                                       write_optional_key(json, "successor", name, rotated.successor, skew_s);
                                       write_optional_key(json, "predecessor", name, rotated.predecessor, skew_s);
                                       json.key("revoked_before");
                                       rotated.revoked_before_ms == 0
                                           ? json.null()
                                           : json.string(rfc3339(rotated.revoked_before_ms / 1000));
                                       json.member_integer("jwks_max_age", admin.settings().jwks_max_age_s);
                                       json.end_object();
                                     })});
  };
  admin.keystore().rotate_key(request.actor, std::move(read->rotation),
                              admin.then<KeyRotated>(request.id, std::move(done)));
}

void retire_key(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  const std::string kid(request.arguments[0]);
  const SigningKey* key = valid_kid(kid) ? tenant->any_by_kid(kid) : nullptr;
  if (key == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound, fmt::format("there is no key \"{}\"", kid));
  }
  KeyOverrides overrides;
  for (const JsonMember& member : *request.body.as_object()) {
    std::string error;
    if (!read_override(member, overrides, error)) error = fmt::format("unknown member \"{}\"", member.name);
    if (!error.empty()) return admin.refuse(request.id, AdminErrorKind::kInvalid, error);
  }
  auto done = [&admin, id = request.id, name = tenant->name](KeyStepDone& step) {
    const uint32_t skew_s = admin.keystore().clock_skew_s();
    admin.answer(id, {.status = 200, .body = write_json([&](JsonWriter& json) {
                                       write_key(json, key_view(name, step.key, skew_s));
                                     })});
  };
  // An active key stops first: what it signed still needs its public half.
  const bool stops = key->status == KeyStatus::kActive && overrides.leave_without_key;
  admin.keystore().step_key(request.actor,
                            {.kind = stops ? KeyStep::Kind::kStop : KeyStep::Kind::kRetire,
                             .tenant = tenant->tenant,
                             .kid = kid,
                             .overrides = overrides},
                            admin.then<KeyStepDone>(request.id, std::move(done)));
}

void plan_keys(AdminService& admin, const AdminRequest& request) {
  const auto days = query_number(request.query.get("days"), kPlanDaysDefault, 1, kPlanDaysMax);
  if (!days) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, fmt::format("days: expected 1 to {}", kPlanDaysMax));
  }
  const bool all = request.query.get("tenant").empty();
  const TenantKeys* one = all ? nullptr : admin.tenant_of(request);
  if (!all && one == nullptr) return;
  const auto now = static_cast<UnixSeconds>(std::time(nullptr));
  const auto plan = admin.keystore().plan_keys(now, now + static_cast<UnixSeconds>(*days) * kDayS);
  auto body = write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("plan");
    json.begin_array();
    for (const KeyDuty& duty : plan) {
      const TenantKeys* tenant = admin.keystore().keys().tenant(duty.tenant);
      if (tenant == nullptr || (one != nullptr && tenant != one)) continue;
      json.begin_object();
      json.member("at", rfc3339(duty.at));
      json.member("what", key_duty_name(duty.kind));
      json.member("tenant", tenant->name);
      json.member("kid", duty.kind == KeyDutyKind::kPublish ? std::string_view() : std::string_view(duty.kid));
      json.member("alg", jws_algorithm_name(duty.algorithm));
      json.member("dialect", duty.dialect);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  });
  admin.answer(request.id, {.status = 200, .body = std::move(body)});
}

}  // namespace signet
