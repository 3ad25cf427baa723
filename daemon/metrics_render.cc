#include "daemon/metrics_render.h"

#include <fmt/format.h>

#include "daemon/log.h"
#include "daemon/process_metrics.h"

namespace signet {
namespace {

using Workers = std::span<const WorkerMetrics* const>;

template <typename Select>
uint64_t sum(Workers workers, Select select) {
  uint64_t total = 0;
  for (const WorkerMetrics* worker : workers) total += select(*worker).read();
  return total;
}

void append_requests(Workers workers, MetricsText& text) {
  text.family("signet_http_requests_total", "counter", "Requests answered, by endpoint and class of status code.");
  for (size_t endpoint = 0; endpoint < static_cast<size_t>(Endpoint::kCount); ++endpoint) {
    for (size_t status_class = 1; status_class < 6; ++status_class) {
      uint64_t count =
          sum(workers, [&](const WorkerMetrics& w) -> auto& { return w.requests[endpoint][status_class]; });
      if (count == 0 && status_class != 2) continue;  // every endpoint shows, without 35 series of zeros
      std::string code = fmt::format("{}xx", status_class);
      text.sample({{"endpoint", endpoint_name(static_cast<Endpoint>(endpoint))}, {"code", code}}, count);
    }
  }
}

void append_latency(Workers workers, MetricsText& text) {
  text.family("signet_http_request_duration_seconds", "histogram",
              "From a request's last octet read to its answer composed.");
  for (size_t endpoint = 0; endpoint < static_cast<size_t>(Endpoint::kCount); ++endpoint) {
    std::string_view name = endpoint_name(static_cast<Endpoint>(endpoint));
    uint64_t count = 0;
    for (size_t bucket = 0; bucket < kLatencyBuckets; ++bucket) {
      count += sum(workers, [&](const WorkerMetrics& w) -> auto& { return w.latency[endpoint][bucket]; });
      bool last = bucket + 1 == kLatencyBuckets;
      std::string bound = last ? "+Inf" : fmt::format("{}", static_cast<double>(16u << bucket) / 1e6);
      text.sample({{"endpoint", name}, {"le", bound}}, count, "_bucket");
    }
    uint64_t sum_us = sum(workers, [&](const WorkerMetrics& w) -> auto& { return w.latency_sum_us[endpoint]; });
    text.sample({{"endpoint", name}}, static_cast<double>(sum_us) / 1e6, "_sum");
    text.sample({{"endpoint", name}}, count, "_count");
  }
}

void append_tokens(Workers workers, MetricsText& text) {
  text.family("signet_tokens_issued_total", "counter", "Access tokens issued by the workers, by algorithm.");
  for (JwsAlgorithm algorithm : kAllJwsAlgorithms) {
    auto index = static_cast<size_t>(algorithm);
    uint64_t count = sum(workers, [&](const WorkerMetrics& w) -> auto& { return w.tokens[index]; });
    text.sample({{"alg", jws_algorithm_name(algorithm)}}, count);
  }
}

void append_auth_failures(Workers workers, MetricsText& text) {
  text.family("signet_authentication_failures_total", "counter", "Refused client authentications, by reason.");
  for (size_t reason = 0; reason < static_cast<size_t>(AuthFailure::kCount); ++reason) {
    uint64_t count = sum(workers, [&](const WorkerMetrics& w) -> auto& { return w.auth_failures[reason]; });
    text.sample({{"reason", auth_failure_name(static_cast<AuthFailure>(reason))}}, count);
  }
}

void append_rate_limited(Workers workers, MetricsText& text) {
  text.family("signet_rate_limited_total", "counter", "Requests refused with 429 by a rate limit, by limit.");
  for (size_t kind = 0; kind < static_cast<size_t>(RateLimitKind::kCount); ++kind) {
    uint64_t count = sum(workers, [&](const WorkerMetrics& w) -> auto& { return w.rate_limited[kind]; });
    text.sample({{"limit", rate_limit_name(static_cast<RateLimitKind>(kind))}}, count);
  }
}

void append_checks(Workers workers, MetricsText& text) {
  text.family("signet_token_checks_total", "counter", "Checks of access tokens, by result.");
  for (size_t result = 0; result <= static_cast<size_t>(CheckResult::kUnavailable); ++result) {
    uint64_t count = sum(workers, [&](const WorkerMetrics& w) -> auto& { return w.checks[result]; });
    text.sample({{"result", check_result_name(static_cast<CheckResult>(result))}}, count);
  }
  text.counter("signet_verify_cache_hits_total", "Checked tokens whose signature was known to hold.",
               sum(workers, [](const WorkerMetrics& w) -> auto& { return w.verify_cache_hits; }));
  text.counter("signet_verify_cache_misses_total", "Checked tokens that were not in the cache.",
               sum(workers, [](const WorkerMetrics& w) -> auto& { return w.verify_cache_misses; }));
}

void append_feed(Workers workers, MetricsText& text) {
  using W = WorkerMetrics;
  text.gauge("signet_feed_followers_waiting", "Long polls of revocation feeds that wait.",
             static_cast<double>(sum(workers, [](const W& w) -> auto& { return w.feed_waiting; })));
  text.family("signet_feed_pages_total", "counter", "Pages of revocation feeds served, by what they are of.");
  text.sample({{"of", "feed"}}, sum(workers, [](const W& w) -> auto& { return w.feed_pages; }));
  text.sample({{"of", "snapshot"}}, sum(workers, [](const W& w) -> auto& { return w.feed_snapshot_pages; }));
  text.counter("signet_feed_gone_total", "Followers sent to the snapshot (410).",
               sum(workers, [](const W& w) -> auto& { return w.feed_gone; }));
  text.counter("signet_feed_wake_ups_total", "Times that waiting followers were looked through for a revocation.",
               sum(workers, [](const W& w) -> auto& { return w.feed_wake_ups; }));
  text.counter("signet_feed_checkpoints_signed_total", "Checkpoints signed.",
               sum(workers, [](const W& w) -> auto& { return w.feed_checkpoints; }));
}

void append_refreshes(Workers workers, MetricsText& text) {
  text.family("signet_refreshes_total", "counter", "Presented refresh tokens, by what came of them.");
  for (size_t result = 0; result < static_cast<size_t>(RefreshResult::kCount); ++result) {
    uint64_t count = sum(workers, [&](const WorkerMetrics& w) -> auto& { return w.refreshes[result]; });
    text.sample({{"result", refresh_result_name(static_cast<RefreshResult>(result))}}, count);
  }
}

void append_pkcs11(const Pkcs11Status& token, MetricsText& text) {
  text.gauge("signet_pkcs11_up", "1 while the PKCS#11 token answers.", token.up ? 1 : 0);
  text.gauge("signet_pkcs11_waiting", "Requests that wait for the token.", static_cast<double>(token.waiting));
  text.counter("signet_pkcs11_signatures_total", "Signatures made in the token.", token.signatures);
  text.counter("signet_pkcs11_failures_total", "Requests that the token gave no good signature for.", token.failures);
  text.counter("signet_pkcs11_refused_total", "Requests refused since too many waited, or the token was lost.",
               token.refused);
  text.counter("signet_pkcs11_reconnects_total", "Times that a lost token was found again.", token.reconnects);
}

}  // namespace

void append_worker_metrics(Workers workers, MetricsText& text) {
  append_requests(workers, text);
  append_latency(workers, text);
  append_tokens(workers, text);
  append_auth_failures(workers, text);
  append_rate_limited(workers, text);
  append_checks(workers, text);
  append_feed(workers, text);
  append_refreshes(workers, text);
  text.counter("signet_signing_groups_total", "Groups of signatures made.",
               sum(workers, [](const WorkerMetrics& w) -> auto& { return w.signing_groups; }));
  text.counter("signet_signing_carried_over_total", "Signatures put off to a later loop iteration.",
               sum(workers, [](const WorkerMetrics& w) -> auto& { return w.signing_carried_over; }));
  text.counter("signet_signing_failures_total", "Signatures that a library failed to make.",
               sum(workers, [](const WorkerMetrics& w) -> auto& { return w.signing_failures; }));
  text.counter("signet_tokens_not_recorded_total",
               "Tokens that were signed and then not answered, since no record of them could be kept.",
               sum(workers, [](const WorkerMetrics& w) -> auto& { return w.tokens_not_recorded; }));
}

void append_store_metrics(const MetricsSources& sources, MetricsText& text) {
  const StoreStatus& store = sources.store;
  text.gauge("signet_ready", "1 while /readyz answers 200.", sources.ready ? 1 : 0);
  text.gauge("signet_clients", "Registered clients.", static_cast<double>(sources.clients));
  text.gauge("signet_clients_resident_bytes", "Memory of the resident client directory.",
             static_cast<double>(sources.clients_resident_bytes));
  text.gauge("signet_revocations_live", "Tokens and families that are revoked and may not have expired.",
             static_cast<double>(sources.revocations_live));
  text.gauge("signet_revocation_criteria", "Clients, subjects, tenants and keys with an \"issued before\".",
             static_cast<double>(sources.revocation_criteria));
  text.gauge("signet_revocation_index_bytes", "Memory of the resident index of revocations.",
             static_cast<double>(sources.revocation_index_bytes));
  text.gauge("signet_store_writable", "1 while the durable store takes changes.", store.writable ? 1 : 0);
  text.gauge("signet_store_clock_jumped", "1 while a jump of the wall clock waits to be accepted.",
             store.clock_jumped ? 1 : 0);
  text.gauge("signet_store_queue_depth", "Operations that wait for the committer.", static_cast<double>(store.queued));
  text.gauge("signet_store_commit_number", "Number of the last durable commit.", static_cast<double>(store.commit));
  text.counter("signet_store_batches_total", "Durable batches since the start.", store.batches);
  text.counter("signet_store_operations_total", "Operations committed since the start.", store.operations);
  text.gauge("signet_store_last_batch_operations", "Operations in the last batch.", store.last_batch_size);
  text.gauge("signet_store_sync_median_seconds", "Median time of the last syncs.", store.sync_ms_median / 1e3);
  text.gauge("signet_store_sync_max_seconds", "Longest of the last syncs.", store.sync_ms_max / 1e3);
  if (sources.pkcs11) append_pkcs11(*sources.pkcs11, text);
  text.counter("signet_log_events_dropped_total", "Log events lost to full rings.", log_dropped());
}

void append_process_metrics(const MetricsSources& sources, MetricsText& text) {
  text.family("signet_build_info", "gauge", "Always 1; the labels say what runs.");
  text.sample({{"version", sources.version}}, uint64_t{1});
  std::optional<ProcessMetrics> process = read_process_metrics();
  if (!process) return;
  text.family("process_cpu_seconds_total", "counter", "User and system CPU time.");
  text.sample({}, process->cpu_seconds);
  text.gauge("process_start_time_seconds", "Unix time of the start.", process->start_time_seconds);
  text.gauge("process_resident_memory_bytes", "Resident memory.", static_cast<double>(process->resident_bytes));
  text.gauge("process_virtual_memory_bytes", "Virtual memory.", static_cast<double>(process->virtual_bytes));
  text.gauge("process_threads", "Threads.", static_cast<double>(process->threads));
  text.gauge("process_open_fds", "Open file descriptors.", static_cast<double>(process->open_fds));
  text.gauge("process_max_fds", "Limit of open file descriptors.", static_cast<double>(process->fds_max));
}

}  // namespace signet
