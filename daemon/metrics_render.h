// render_metrics: everything the daemon counts, as the text that /metrics answers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/loop_counters.h"
#include "daemon/metrics.h"
#include "daemon/metrics_text.h"
#include "keystore/pkcs11/pkcs11_settings.h"
#include "keystore/store/store.h"

namespace signet {

// What is read. Borrowed for the call; the counters may be written by their owners meanwhile.
struct MetricsSources {
  std::string_view version;
  bool ready = false;
  std::span<const WorkerMetrics* const> workers;
  std::span<const http::LoopCounters* const> loops;  // of the workers
  StoreStatus store;
  uint64_t clients = 0;
  uint64_t clients_resident_bytes = 0;
  uint64_t revocations_live = 0;  // tokens and families
  uint64_t revocation_criteria = 0;
  uint64_t revocation_index_bytes = 0;
  std::optional<Pkcs11Status> pkcs11;  // nothing: no token is configured
};

// Appends the families of the request path (summed over workers), of the store, of the process. Any thread, allocates.
void append_worker_metrics(std::span<const WorkerMetrics* const> workers, MetricsText& text);
void append_loop_metrics(std::span<const http::LoopCounters* const> loops, MetricsText& text);
void append_store_metrics(const MetricsSources& sources, MetricsText& text);
void append_process_metrics(const MetricsSources& sources, MetricsText& text);

}  // namespace signet
