// ImportClient: one client of an import file, and the table of the members it may have. The same names serve JSON lines
// and CSV; what a member must look like is checked here once for both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/json/value.h"
#include "protocol/json/writer.h"

namespace signet::ctl {

struct ImportClient {
  uint64_t line = 0;  // where it starts in the file, from 1
  std::string client_id;
  std::vector<std::string> grants;
  std::vector<std::string> scopes;
  std::vector<std::string> audiences;
  std::string alg;
  std::optional<uint32_t> ttl_s;
  std::string tenant;
  std::vector<std::string> introspect;
  std::string client_secret;  // empty: none given
  std::string password;       // likewise

  // Empties everything but keeps the memory: records are read into the same objects again and again.
  void clear();
  // The tenant it belongs to, named or not.
  std::string_view tenant_name() const { return tenant.empty() ? "default" : std::string_view(tenant); }
};

// A bad line: what was expected there.
struct ImportFault {
  uint64_t line = 0;
  std::string text;
};

// Index of a member in the table, or the text that tells it is unknown and names the nearest.
std::optional<size_t> import_field(std::string_view name);
std::string unknown_field_text(std::string_view name);

// set_from_json, set_from_text take one member's value: a JSON value (null = absent), or a CSV cell (empty = absent,
// lists separated by spaces). Give "" or what was expected. Never echo a secret.
std::string set_from_json(ImportClient& to, size_t field, const JsonValue& value);
std::string set_from_text(ImportClient& to, size_t field, std::string_view text);

// record_fault: what is wrong with a record whose members are right one by one; "" when nothing.
std::string_view record_fault(const ImportClient& client);

// write_import_client writes the JSON object that the admin socket takes, with `secret` when it is not empty.
void write_import_client(JsonWriter& to, const ImportClient& client, std::string_view secret);

// wire_size_max: octets that write_import_client takes at most; the same for the same client in every run, so that
// chunks have the same borders when an import is resumed.
size_t wire_size_max(const ImportClient& client);

}  // namespace signet::ctl
