// The audit log: pages of records, or of the chain alone.
#include <fmt/format.h>

#include "daemon/admin/query_number.h"
#include "daemon/admin/routes.h"
#include "daemon/audit/audit_json.h"
#include "protocol/json/line_chain.h"

namespace signet {
namespace {

constexpr uint64_t kRecordsMax = 1000;

// Of an earlier moment it is a number: a tenant may be gone by now.
std::string tenant_text(const KeySet& keys, const AuditRecord& record) {
  if (record.token != 0) return record.tenant_name;
  if (!record.tenant) return {};
  const TenantKeys* tenant = keys.tenant(*record.tenant);
  return tenant != nullptr ? std::string(tenant->name) : fmt::format("#{}", *record.tenant);
}

void write_record(JsonWriter& json, const AuditRecord& record, const KeySet& keys) {
  json.begin_object();
  write_audit_members(json, record, tenant_text(keys, record));
  json.end_object();
}

std::string page_json(const AuditPage& page, const KeySet& keys, const std::string& issuance_directory) {
  return write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("records");
    json.begin_array();
    for (const AuditRecord& record : page.records) write_record(json, record, keys);
    json.end_array();
    json.key("checked_to"), json.unsigned_integer(page.checked_to);
    json.key("end"), json.unsigned_integer(page.end);
    json.member("hash", chain_text(page.hash));
    json.key("base"), json.unsigned_integer(page.base);
    json.member("base_hash", chain_text(page.base_hash));
    json.key("exported"), json.unsigned_integer(page.exported);
    json.member("issuance_directory", issuance_directory);
    json.key("fault");
    if (page.fault) {
      json.begin_object();
      json.key("sequence"), json.unsigned_integer(page.fault->sequence);
      json.member("text", page.fault->text);
      json.end_object();
    } else {
      json.null();
    }
    json.end_object();
  });
}

// What is wrong with the query; empty when nothing is.
std::string read_range(const FormParameters& query, AuditRange& range) {
  const auto after = query_number(query.get("after"), 0, 0, UINT64_MAX - 1);
  if (!after) return "after: expected a sequence";
  const auto last = query_number(query.get("last"), 0, 1, UINT64_MAX - 1);
  if (!last) return "last: expected a number of records";
  if (*last != 0 && *after != 0) return "after and last do not go together";
  const auto limit = query_number(query.get("limit"), kRecordsMax, 1, kRecordsMax);
  if (!limit) return fmt::format("limit: expected 1 to {}", kRecordsMax);
  range.after = *after;
  range.last = *last;
  range.records_max = *limit;
  range.what = query.get("what");
  range.subject = query.get("subject");
  range.check_only = query.get("check") == "chain";
  if (!query.get("check").empty() && !range.check_only) return "check: expected chain";
  return {};
}

}  // namespace

void read_audit(AdminService& admin, const AdminRequest& request) {
  AuditRange range;
  if (const std::string error = read_range(request.query, range); !error.empty()) {
    return admin.refuse(request.id, AdminErrorKind::kBadRequest, error);
  }
  if (!request.query.get("tenant").empty()) {
    const TenantKeys* tenant = admin.tenant_of(request);
    if (tenant == nullptr) return;
    range.tenant = tenant->tenant;
    range.tenant_name = tenant->name;
  }
  auto done = [&admin, id = request.id](AuditPage& page) {
    admin.answer(id,
                 {.status = 200, .body = page_json(page, admin.keystore().keys(), admin.scope().issuance_directory)});
  };
  admin.keystore().store().read_audit(std::move(range), admin.then<AuditPage>(request.id, std::move(done)));
}

}  // namespace signet
