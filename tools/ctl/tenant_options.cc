#include "tools/ctl/tenant_options.h"

#include <fmt/format.h>

#include "protocol/jwt/access_token.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"
#include "tools/ctl/time_text.h"

namespace signet::ctl {
namespace {

constexpr uint64_t kRotationMaxS = uint64_t{3650} * 24 * 60 * 60;
constexpr uint64_t kRateMax = 1'000'000;

int64_t number_of(const JsonValue& tenant, std::string_view name) {
  const JsonValue* value = tenant.find(name);
  return value == nullptr ? 0 : value->as_integer().value_or(0);
}

std::string or_text(int64_t number, std::string_view none) {
  return number == 0 ? std::string(none) : fmt::format("{}", number);
}

std::string seconds_or(int64_t seconds, std::string_view none) {
  return seconds == 0 ? std::string(none) : duration_text(seconds);
}

std::string rotation_text(const JsonValue& tenant) {
  if (text_of(tenant, "automatic_rotation") == "no") return "by hand alone";
  return seconds_or(number_of(tenant, "key_rotation_s"), "as configured");
}

}  // namespace

void TenantOptions::bind(Arguments& arguments) {
  arguments.option("--clients-max", "COUNT", clients_max, 0, UINT32_MAX,
                   "It may have so many clients; 0 is any number");
  arguments.option("--ttl-max", "SECONDS", ttl_max_s, 0, kAccessTokenLifetimeMaxS,
                   "Longest lifetime of its access tokens; 0 is what the daemon allows");
  arguments.option("--key-rotation", "SECONDS", key_rotation_s, 0, kRotationMaxS,
                   "How long its keys sign, 3600 or more; 0 is as configured");
  arguments.switch_pair("automatic-rotation", automatic_rotation, "Its keys have successors by themselves",
                        "Its keys have successors only by `signetctl key rotate`");
  arguments.option("--rate", "COUNT", rate_per_s, 0, kRateMax, "Requests of its clients a second; 0 is any number");
  arguments.option("--burst", "COUNT", burst, 0, kRateMax,
                   "So many at once at one worker; 0 is as many as in a second");
}

bool TenantOptions::empty() const {
  return !clients_max && !ttl_max_s && !key_rotation_s && !automatic_rotation && !rate_per_s && !burst;
}

void TenantOptions::write_members(JsonWriter& to) const {
  const auto number = [&](JsonName name, const std::optional<uint64_t>& value) {
    if (value) to.member_integer(name, static_cast<int64_t>(*value));
  };
  number("clients_max", clients_max);
  number("ttl_max_s", ttl_max_s);
  number("key_rotation_s", key_rotation_s);
  if (automatic_rotation) to.member_boolean("automatic_rotation", *automatic_rotation);
  number("rate_per_s", rate_per_s);
  number("burst", burst);
}

Outcome show_tenant(Call& call, const std::string& answer) {
  const auto tenant = read_answer(answer);
  if (!tenant) return std::unexpected(tenant.error());
  if (call.json()) {
    call.print_json(compact_json(*tenant));
    return {};
  }
  NamedValues lines;
  lines.add("tenant", text_of(*tenant, "name"));
  lines.add("number", text_of(*tenant, "number"));
  lines.add("created", text_of(*tenant, "created_at"));
  lines.add("clients at most", or_text(number_of(*tenant, "clients_max"), "any number"));
  lines.add("longest ttl", seconds_or(number_of(*tenant, "ttl_max_s"), "as configured"));
  lines.add("key rotation", rotation_text(*tenant));
  lines.add("requests a second", or_text(number_of(*tenant, "rate_per_s"), "any number"));
  lines.add("burst", or_text(number_of(*tenant, "burst"), "as many as in a second"));
  call.print(lines.render());
  return {};
}

}  // namespace signet::ctl
