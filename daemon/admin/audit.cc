// The audit log: pages of records, or of the chain alone.
#include <fmt/format.h>

#include "daemon/admin/query_number.h"
#include "daemon/admin/routes.h"
#include "protocol/base/base64url.h"
#include "protocol/base/time_text.h"

namespace signet {
namespace {

constexpr uint64_t kRecordsMax = 1000;

std::string hash_text(const Sha256Digest& hash) {
  std::string text(base64url_encoded_size(hash.size()), '\0');
  base64url_encode(hash, text.data());
  return text;
}

// Of an earlier moment it is a number: a tenant may be gone by now.
void write_tenant(JsonWriter& json, const KeySet& keys, std::optional<uint32_t> number) {
  json.key("tenant");
  const TenantKeys* tenant = number ? keys.tenant(*number) : nullptr;
  if (tenant != nullptr) {
    json.string(tenant->name);
  } else if (number) {
    json.string(fmt::format("#{}", *number));
  } else {
    json.null();
  }
}

// The store wrote it, as JSON.
void write_state(JsonWriter& json, std::string_view state) { state.empty() ? json.null() : json.raw(state); }

void write_record(JsonWriter& json, const AuditRecord& record, const KeySet& keys) {
  json.begin_object();
  json.key("sequence"), json.unsigned_integer(record.sequence);
  json.key("commit"), json.unsigned_integer(record.commit);
  json.member("time", rfc3339(record.time_ms / 1000));
  json.member_integer("time_ms", record.time_ms);
  json.member_integer("uid", record.uid);
  json.member_integer("pid", record.pid);
  json.member("via", record.via);
  write_tenant(json, keys, record.tenant);
  json.member("what", record.what);
  json.member("subject", record.subject);
  json.key("before"), write_state(json, record.before);
  json.key("after"), write_state(json, record.after);
  json.member("hash", hash_text(record.hash));
  json.end_object();
}

std::string page_json(const AuditPage& page, const KeySet& keys) {
  return write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("records");
    json.begin_array();
    for (const AuditRecord& record : page.records) write_record(json, record, keys);
    json.end_array();
    json.key("checked_to"), json.unsigned_integer(page.checked_to);
    json.key("end"), json.unsigned_integer(page.end);
    json.member("hash", hash_text(page.hash));
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
  }
  auto done = [&admin, id = request.id](AuditPage& page) {
    admin.answer(id, {.status = 200, .body = page_json(page, admin.keystore().keys())});
  };
  admin.keystore().store().read_audit(std::move(range), admin.then<AuditPage>(request.id, std::move(done)));
}

}  // namespace signet
