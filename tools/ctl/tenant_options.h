// The options that `tenant add` and `tenant update` share, and a tenant for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/json/writer.h"
#include "tools/ctl/arguments.h"
#include "tools/ctl/command.h"

namespace signet::ctl {

struct TenantOptions {
  std::optional<uint64_t> clients_max, ttl_max_s, key_rotation_s, rate_per_s, burst;
  std::optional<bool> automatic_rotation;

  // Binds the options to this object, which must outlive the parsing.
  void bind(Arguments& arguments);
  // Whether none was given.
  bool empty() const;
  // Writes a member for each option that was given.
  void write_members(JsonWriter& to) const;
};

// show_tenant prints the tenant that the daemon answered with.
Outcome show_tenant(Call& call, const std::string& answer);

}  // namespace signet::ctl
