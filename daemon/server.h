// Server: owns the keystore, the workers, the admin loop and the console, and runs them from start to stop.
#pragma once

#include <uv.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/admin/service.h"
#include "daemon/audit/audit_sink.h"
#include "daemon/audit/issuance_log.h"
#include "daemon/audit/store_recorder.h"
#include "daemon/config.h"
#include "daemon/console.h"
#include "daemon/dialect/dialect_load.h"
#include "daemon/dialect/dialect_shared.h"
#include "daemon/dialect/password_pool.h"
#include "daemon/endpoint/service_shared.h"
#include "daemon/sealed/sealed_server.h"
#include "daemon/storage_failure.h"
#include "daemon/worker.h"
#include "keystore/keystore.h"

namespace signet {

class MetricsText;

// Thread rule: the main thread. Logging has been started and the process protected before.
class Server {
 public:
  // `config_path` is read again on SIGHUP; empty with --dev.
  Server(Config config, std::string config_path);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens everything and listens. Gives what is wrong and what to do about it, empty when it serves. Blocks.
  std::string start();
  // Says `ready`, serves until told to stop, closes everything. Gives the exit code.
  int run();
  // It ended because the vault is to be sealed: the process starts anew, sealed.
  bool sealing() const { return sealing_; }

 private:
  // --- start (server.cc) ---
  std::string check_descriptors();
  std::string parse_addresses();
  std::string probe();
  std::string load_dialects();
  std::string unseal();
  std::string open_keystore();
  std::string prepare_dialects();
  std::string start_workers();
  std::string start_admin();
  std::string start_console();
  size_t worker_count() const;
  http::Limits worker_limits() const;  // no more connections than there are descriptors; says so in the log

  // --- what signs (server_signer.cc) ---
  std::string start_signer();
  void append_signer_metrics(MetricsText& text) const;

  // --- audit records (server_audit.cc) ---
  std::string issuance_directory() const;
  std::string open_issuance();
  std::string prepare_sink();
  std::string tenant_name(uint32_t number);
  void close_audit();
  void append_audit_metrics(MetricsText& text) const;

  // --- while running (server_run.cc) ---
  void install_handlers();
  std::vector<std::string> unready() const;
  void refresh_readiness();
  void begin_stop();
  void storage_failed(const std::string& why);
  void worker_ended();
  void close_all();
  ServerStatus status() const;
  std::string metrics() const;

  // --- reload (server_reload.cc) ---
  void reload();
  void reload_dialects();
  void publish_settings(uint32_t jwks_max_age_s);
  void apply_max_age(uint32_t before);
  void apply_settings(const std::string& issuer_before, uint32_t jwks_max_age_s_before);

  Config config_;
  std::string config_path_;
  std::vector<http::ListenAddress> listen_;
  std::vector<http::ListenAddress> console_listen_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();

  uint64_t descriptors_ = 0;  // the process's limit

  StorageFailure storage_failure_;  // before the keystore, which tells it
  std::unique_ptr<ServiceShared> shared_;
  std::unique_ptr<Keystore> keystore_;
  // What records issued tokens: one of them, or none.
  std::unique_ptr<StoreRecorder> issuance_group_;
  std::unique_ptr<IssuanceLog> issuance_log_;
  std::unique_ptr<PasswordPool> passwords_;
  DialectShared dialects_;
  std::unique_ptr<const DialectSet> loaded_dialects_;  // until they are published
  std::vector<std::unique_ptr<Worker>> workers_;
  size_t workers_running_ = 0;
  std::unique_ptr<Console> console_;

  std::unique_ptr<AdminService> admin_;
  // Handles of the admin loop: before it, since it closes them.
  uv_timer_t tick_{};
  uv_signal_t terminate_{};
  uv_signal_t interrupt_{};
  uv_signal_t hang_up_{};
  std::unique_ptr<http::ServerLoop> admin_loop_;
  std::unique_ptr<AuditSink> sink_;   // null = none; asks the admin loop
  std::optional<Unsealed> unsealed_;  // until the keystore is open
  bool stopped_while_sealed_ = false;
  bool sealing_ = false;
  bool stopping_ = false;
  std::chrono::steady_clock::time_point stop_until_;  // once stopping
  bool failed_ = false;
};

// service_settings takes what the request path of each of `workers` workers reads from the configuration.
ServiceSettings service_settings(const Config& config, size_t workers);

}  // namespace signet
