// Server and what becomes of audit records: who keeps those of issued tokens, and where all of them are copied to.
#include <fmt/format.h>

#include <filesystem>
#include <future>

#include "daemon/audit/store_recorder.h"
#include "daemon/metrics_text.h"
#include "daemon/server.h"
#include "keystore/store/audit_chain.h"
#include "protocol/json/writer.h"

namespace signet {
namespace {

constexpr std::chrono::seconds kNamePatience{1};

std::string place_json(const IssuanceLog::Place& place) {
  return store::audit_json([&](JsonWriter& json) {
    json.begin_object();
    json.member("file", place.file);
    json.key("line"), json.unsigned_integer(place.line);
    json.member("chain", chain_text(place.hash));
    json.end_object();
  });
}

}  // namespace

// Absolute, since administrators are told.
std::string Server::issuance_directory() const {
  std::error_code error;
  const auto directory = std::filesystem::absolute(config_.data_dir, error);
  return (error ? config_.data_dir : directory.string()) + "/issuance";
}

// Before the workers, which ask for it.
std::string Server::open_issuance() {
  if (config_.audit_issuance == "group") {
    issuance_group_ = std::make_unique<StoreRecorder>(keystore_->store());
    shared_->issuance = issuance_group_.get();
  } else if (config_.audit_issuance == "os") {
    auto log = IssuanceLog::open({.directory = issuance_directory(),
                                  .clock = system_clock_ms,
                                  .on_place = [this](const IssuanceLog::Place& place) {
                                    keystore_->store().append_audit({.via = "issuance-log"}, std::string(place.what),
                                                                    place_json(place), [](const auto&) {});
                                  }});
    if (!log) return log.error();
    issuance_log_ = std::move(*log);
    shared_->issuance = issuance_log_.get();
  }
  return {};
}

// Before the console, which shows its figures. It starts when the admin loop runs, which knows the names of tenants.
std::string Server::prepare_sink() {
  if (config_.audit_sink.empty()) return {};
  sink_ = std::make_unique<AuditSink>(
      AuditSink::Options{.target = config_.audit_sink,
                         .place_file = config_.data_dir + "/audit-sink",
                         .issuance_directory = issuance_directory(),
                         .store = &keystore_->store(),
                         .tenant_name = [this](uint32_t number) { return tenant_name(number); }});
  return {};
}

// The sink's thread is no reader of the snapshots; this loop is.
std::string Server::tenant_name(uint32_t number) {
  auto name = std::make_shared<std::promise<std::string>>();
  auto told = name->get_future();
  admin_loop_->post([this, name, number] {
    const TenantKeys* tenant = keystore_->keys().tenant(number);
    name->set_value(tenant == nullptr ? std::string() : std::string(tenant->name));
  });
  return told.wait_for(kNamePatience) == std::future_status::ready ? told.get() : std::string();
}

// When the workers have ended, and while the store still takes what the log has to say.
void Server::close_audit() {
  if (issuance_log_ != nullptr) issuance_log_->close();
  sink_.reset();
}

void Server::append_audit_metrics(MetricsText& text) const {
  if (issuance_log_ != nullptr) {
    const IssuanceLog::Figures log = issuance_log_->figures();
    text.counter("signet_issuance_log_records_total", "Records of issued tokens in the issuance log.", log.records);
    text.counter("signet_issuance_log_writes_total", "Writes to the issuance log.", log.writes);
    text.counter("signet_issuance_log_failures_total", "Writes to the issuance log that failed.", log.failures);
  }
  if (sink_ == nullptr) return;
  const AuditSink::Figures sink = sink_->figures();
  text.counter("signet_audit_sink_records_total", "Audit records copied to the sink.", sink.copied);
  text.counter("signet_audit_sink_dropped_total", "Audit records that the sink will not get.", sink.dropped);
  text.counter("signet_audit_sink_failures_total", "Times that the sink took no record.", sink.failures);
  text.gauge("signet_audit_sink_behind", "Records of the audit log that the sink has not got yet.",
             static_cast<double>(sink.behind));
}

}  // namespace signet
