#include "tests/crash/found.h"

#include <fmt/format.h>

#include <future>

#include "keystore/store/audit_chain.h"
#include "keystore/store/database.h"

namespace signet::crash {

void Found::on_client(const Client& client) {
  const std::lock_guard lock(mutex_);
  contents_.clients[client.client_id] = client.ttl_s;
}

Contents Found::contents(Store& store) const {
  Contents contents = contents_;
  for (int worker = 0; worker < kWorkers; ++worker) {
    const std::string import = fmt::format("imp{}", worker);
    std::promise<uint64_t> promise;
    store.import_progress(import, [&](auto next) { promise.set_value(next.value_or(0)); });
    if (const uint64_t next = promise.get_future().get(); next > 0) contents.imports[import] = next;
  }
  std::promise<DialectRecordPage> promise;
  store.list_dialect_records({.kind = DialectRecordKind::kVcloudRegistration, .limit = kDialectRecordPageMax},
                             [&](auto page) { promise.set_value(page.value_or(DialectRecordPage{})); });
  for (const DialectRecord& record : promise.get_future().get().records) {
    contents.records[record.id] = std::stoull(record.value);
  }
  return contents;
}

std::string check_audit_chain(const std::string& data) {
  const auto database = store::Database::open({.path = data + "/store"});
  if (!database) return database.error().text;
  store::AuditChainCheck chain;
  bool whole = true;
  const auto scanned = (*database)->scan(store::Family::kAudit, {}, {}, [&](auto, auto value) {
    AuditRecord record;
    std::string issued;
    whole = chain.next(value, record, issued) == store::AuditChainCheck::Verdict::kFollows;
    return whole;
  });
  if (!scanned) return scanned.error().text;
  return whole ? "" : fmt::format("the audit chain breaks after record {}", chain.sequence());
}

}  // namespace signet::crash
