#include "daemon/audit/audit_json.h"

#include "protocol/base/time_text.h"
#include "protocol/json/line_chain.h"

namespace signet {
namespace {

// The store wrote it, as JSON.
void write_state(JsonWriter& json, std::string_view state) { state.empty() ? json.null() : json.raw(state); }

}  // namespace

void write_audit_members(JsonWriter& json, const AuditRecord& record, std::string_view tenant) {
  json.key("sequence"), json.unsigned_integer(record.sequence);
  json.key("commit"), json.unsigned_integer(record.commit);
  if (record.token != 0) json.member_integer("token", record.token);
  json.member("time", rfc3339(record.time_ms / 1000));
  json.member_integer("time_ms", record.time_ms);
  json.member_integer("uid", record.uid);
  json.member_integer("pid", record.pid);
  json.member("via", record.via);
  json.key("tenant");
  tenant.empty() ? json.null() : json.string(tenant);
  json.member("what", record.what);
  json.member("subject", record.subject);
  json.key("before"), write_state(json, record.before);
  json.key("after"), write_state(json, record.after);
  json.member("hash", chain_text(record.hash));
}

std::string audit_record_line(const AuditRecord& record, std::string_view tenant) {
  // Each octet of a text takes at most six.
  std::string line(1024 + record.before.size() + record.after.size() +
                       6 * (record.subject.size() + record.what.size() + record.via.size() + tenant.size()),
                   '\0');
  JsonWriter json(line);
  json.begin_object();
  write_audit_members(json, record, tenant);
  json.end_object();
  line.resize(json.size());
  return line;
}

}  // namespace signet
