#include "daemon/admin/tenant_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/admin/answer.h"
#include "protocol/base/time_text.h"

namespace signet {
namespace {

constexpr size_t kNameSizeMax = 64;

struct NumberRow {
  std::string_view name;
  std::optional<uint32_t> TenantUpdate::* place;
};
constexpr std::array kNumbers{
    NumberRow{"clients_max", &TenantUpdate::clients_max}, NumberRow{"ttl_max_s", &TenantUpdate::ttl_max_s},
    NumberRow{"key_rotation_s", &TenantUpdate::key_rotation_s}, NumberRow{"rate_per_s", &TenantUpdate::rate_per_s},
    NumberRow{"burst", &TenantUpdate::burst}};
constexpr std::string_view kAutomatic = "automatic_rotation";

// What is wrong with the member; empty when nothing is.
std::string read_member(const JsonMember& member, TenantUpdate& update) {
  if (member.name == kAutomatic) {
    const auto on = member.value.as_boolean();
    if (!on) return fmt::format("{}: expected true or false", kAutomatic);
    update.key_rotation_off = !*on;
    return {};
  }
  const auto row = std::ranges::find(kNumbers, member.name, &NumberRow::name);
  if (row == kNumbers.end()) return fmt::format("unknown member \"{}\"", member.name);
  const auto number = member.value.as_integer();
  if (!number || *number < 0 || *number > UINT32_MAX) {
    return fmt::format("{}: expected a whole number, 0 for none", row->name);
  }
  update.*(row->place) = static_cast<uint32_t>(*number);
  return {};
}

void write(JsonWriter& json, std::string_view name, uint32_t number, UnixSeconds created_at,
           const TenantLimits& limits) {
  json.begin_object();
  json.member("name", name);
  json.member_integer("number", number);
  json.member("created_at", rfc3339(created_at));
  json.member_integer("clients_max", limits.clients_max);
  json.member_integer("ttl_max_s", limits.ttl_max_s);
  json.member_integer("key_rotation_s", limits.key_rotation_s);
  json.member_boolean("automatic_rotation", !limits.key_rotation_off);
  json.member_integer("rate_per_s", limits.rate_per_s);
  json.member_integer("burst", limits.burst);
  json.end_object();
}

}  // namespace

bool valid_tenant_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameSizeMax &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

std::expected<TenantUpdate, std::string> read_tenant_fields(const JsonValue& body, std::string_view name) {
  TenantUpdate update;
  for (const JsonMember& member : *body.as_object()) {
    if (!name.empty() && member.name == name) continue;
    if (std::string fault = read_member(member, update); !fault.empty()) return std::unexpected(std::move(fault));
  }
  return update;
}

std::string tenant_json(const TenantRow& row) {
  return write_json([&](JsonWriter& json) { write(json, row.name, row.number, row.created_at, row.limits); });
}

void write_tenant(JsonWriter& json, const TenantKeys& tenant) {
  write(json, tenant.name, tenant.tenant, tenant.created_at, tenant.limits);
}

}  // namespace signet
