// Server from `ready` to its end: signals, readiness, drain.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "daemon/log.h"
#include "daemon/metrics_render.h"
#include "daemon/readiness.h"
#include "daemon/server.h"
#include "daemon/service_manager.h"
#include "daemon/version.h"

namespace signet {
namespace {

constexpr uint64_t kTickMs = 1000;
constexpr uint32_t kFailedDrainMs = 2000;  // after a storage failure: time enough to answer 503
constexpr uint32_t kAdminDrainMs = 2000;   // at least, for what the administrator asked for last

// One write, so that no log line comes between.
void say_ready() {
  constexpr std::string_view kLine = "ready\n";
  [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, kLine.data(), kLine.size());
}

}  // namespace

void Server::install_handlers() {
  uv_loop_t* loop = admin_loop_->loop();
  uv_timer_init(loop, &tick_);
  tick_.data = this;
  uv_timer_start(&tick_, [](uv_timer_t* h) { static_cast<Server*>(h->data)->refresh_readiness(); }, kTickMs, kTickMs);
  auto on_signal = [&](uv_signal_t& handle, int number, uv_signal_cb callback) {
    uv_signal_init(loop, &handle);
    handle.data = this;
    uv_signal_start(&handle, callback, number);
  };
  uv_signal_cb stop = [](uv_signal_t* h, int) {
    auto* server = static_cast<Server*>(h->data);
    server->sealing_ = false;  // the process is to end, whatever it was about to become
    server->begin_stop();
  };
  on_signal(terminate_, SIGTERM, stop);
  on_signal(interrupt_, SIGINT, stop);
  on_signal(hang_up_, SIGHUP, [](uv_signal_t* h, int) { static_cast<Server*>(h->data)->reload(); });
}

int Server::run() {
  if (stopped_while_sealed_) return 0;
  install_handlers();
  QuiescentDomain& domain = keystore_->domain();
  QuiescentDomain::Reader* reader = domain.register_reader([this] { admin_loop_->wake(); });
  keystore_->keep_keys();
  admin_loop_->set_hooks([reader] { reader->pass(); }, [] { return false; });
  storage_failure_.listen([this](const std::string& why) { admin_loop_->post([this, why] { storage_failed(why); }); });
  log_event(LogLevel::kInfo, "started",
            {{"version", signet_version()},
             {"workers", fmt::format("{}", workers_.size())},
             {"listen", fmt::format("{}", fmt::join(config_.listen, " "))},
             {"issuer", config_.issuer}});
  keystore_->store().begin_service();
  say_ready();
  notify_service_manager("READY=1");
  if (sink_) sink_->start();
  admin_loop_->run();
  domain.unregister_reader(reader);
  close_all();
  log_event(LogLevel::kInfo, "stopped");
  return failed_ ? 1 : 0;
}

std::vector<std::string> Server::unready() const {
  const auto token = keystore_->pkcs11_status();
  const bool token_lost = token && !token->up && needs_token(keystore_->keys());
  return not_ready_reasons(keystore_->store().status(), stopping_, token_lost);
}

void Server::refresh_readiness() {
  StoreStatus store = keystore_->store().status();
  std::vector<std::string> reasons = unready();
  bool ready = reasons.empty();
  shared_->may_issue.store(may_issue(store), std::memory_order_relaxed);
  if (shared_->ready.exchange(ready, std::memory_order_relaxed) == ready) return;
  std::string text = fmt::format("{}", fmt::join(reasons, "; "));
  ready ? log_event(LogLevel::kInfo, "readiness", {{"ready", "true"}})
        : log_event(LogLevel::kWarning, "readiness", {{"ready", "false"}, {"reasons", text}});
}

// The workers answer what is queued and in flight; the admin loop goes on until the last of them has ended, since what
// they wait for may need it to pass.
void Server::begin_stop() {
  if (stopping_) return;
  stopping_ = true;
  log_event(LogLevel::kInfo, "stopping");
  // A daemon that is sealed does not end: the service manager must not wait for that.
  notify_service_manager(sealing_ ? "STATUS=sealing" : "STOPPING=1");
  refresh_readiness();
  uint32_t deadline_ms = failed_ ? kFailedDrainMs : config_.drain_deadline_s * 1000;
  stop_until_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(deadline_ms);
  for (auto& worker : workers_) worker->drain(deadline_ms);
}

// After a failed sync nothing that is written can be trusted: nothing more is acknowledged, and a restart finds what is
// really there.
void Server::storage_failed(const std::string& why) {
  if (failed_) return;
  failed_ = true;
  log_event(LogLevel::kError, "storage_failed", {{"why", why}});
  begin_stop();
}

// A change that waits for a slow disk gets what the workers left of the time: it will be made, so that who asked for it
// should know.
void Server::worker_ended() {
  if (--workers_running_ != 0) return;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(stop_until_ - std::chrono::steady_clock::now());
  admin_loop_->drain(static_cast<uint32_t>(std::max<int64_t>(left.count(), kAdminDrainMs)));
}

// Readers first, then the keystore whose completions post to the loop, then the loop.
void Server::close_all() {
  storage_failure_.listen({});
  if (console_) console_->stop();
  for (auto& worker : workers_) {
    if (worker->wait_listening().empty()) worker->drain(0);
    worker->join();
  }
  if (passwords_) passwords_->stop();
  close_audit();
  if (keystore_) keystore_->close();
  admin_loop_.reset();
  console_.reset();
  workers_.clear();
  passwords_.reset();
  issuance_log_.reset();
  issuance_group_.reset();
  keystore_.reset();
}

ServerStatus Server::status() const {
  auto uptime = std::chrono::steady_clock::now() - started_;
  return {.version = signet_version(),
          .uptime_s = static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(uptime).count()),
          .workers = workers_.size(),
          .not_ready_reasons = unready()};
}

// On the console's thread.
std::string Server::metrics() const {
  std::vector<const WorkerMetrics*> workers;
  std::vector<const http::LoopCounters*> loops;
  for (const auto& worker : workers_) {
    workers.push_back(&worker->metrics());
    loops.push_back(&worker->counters());
  }
  const RevocationIndex::Figures revocations = keystore_->revocations().figures();
  MetricsSources sources{.version = signet_version(),
                         .ready = shared_->ready.load(std::memory_order_relaxed),
                         .workers = workers,
                         .loops = loops,
                         .store = keystore_->store().status(),
                         .clients = keystore_->clients().size(),
                         .clients_resident_bytes = keystore_->clients().resident_bytes(),
                         .revocations_live = revocations.entries,
                         .revocation_criteria = revocations.criteria,
                         .revocation_index_bytes = revocations.bytes,
                         .pkcs11 = keystore_->pkcs11_status()};
  MetricsText text;
  append_worker_metrics(sources.workers, text);
  append_loop_metrics(sources.loops, text);
  append_store_metrics(sources, text);
  append_process_metrics(sources, text);
  append_signer_metrics(text);
  append_audit_metrics(text);
  return text.take();
}

}  // namespace signet
