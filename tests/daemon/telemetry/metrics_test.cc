// What is counted, and that it renders as the Prometheus text exposition format.
#include "daemon/metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "daemon/metrics_render.h"
#include "daemon/metrics_text.h"
#include "daemon/process_metrics.h"

namespace signet {
namespace {

constexpr auto kToken = static_cast<size_t>(Endpoint::kToken);

uint64_t bucket(const WorkerMetrics& metrics, size_t index) { return metrics.latency[kToken][index].read(); }

TEST(WorkerMetricsTest, AnObservationCountsOnceInEachTable) {
  WorkerMetrics metrics;
  metrics.observe(Endpoint::kToken, 200, 40'000);
  EXPECT_EQ(metrics.requests[kToken][2].read(), 1u);
  EXPECT_EQ(metrics.latency_sum_us[kToken].read(), 40u);
  EXPECT_EQ(bucket(metrics, 2), 1u) << "33 to 64 us";
}

TEST(WorkerMetricsTest, ABucketsUpperBoundBelongsToIt) {
  WorkerMetrics metrics;
  for (uint64_t us : {0, 16, 17, 32, 33, 1 << 20, (1 << 20) + 1}) metrics.observe(Endpoint::kToken, 200, us * 1000);
  EXPECT_EQ(bucket(metrics, 0), 2u);
  EXPECT_EQ(bucket(metrics, 1), 2u);
  EXPECT_EQ(bucket(metrics, 2), 1u);
  EXPECT_EQ(bucket(metrics, 16), 1u);
  EXPECT_EQ(bucket(metrics, 17), 1u) << "+Inf";
}

TEST(WorkerMetricsTest, AStatusOutsideTheClassesDoesNotLeaveTheTable) {
  WorkerMetrics metrics;
  metrics.observe(Endpoint::kToken, 999, 0);
  metrics.observe(Endpoint::kToken, -1, UINT64_MAX);
  EXPECT_EQ(metrics.requests[kToken][5].read(), 1u);
  EXPECT_EQ(metrics.requests[kToken][0].read(), 1u);
}

TEST(MetricsTextTest, EscapesLabelValues) {
  MetricsText text;
  text.family("x", "gauge", "Help.");
  text.sample({{"l", "a\"b\\c\nd"}}, uint64_t{1});
  EXPECT_EQ(text.take(), "# HELP x Help.\n# TYPE x gauge\nx{l=\"a\\\"b\\\\c\\nd\"} 1\n");
}

std::string render(const WorkerMetrics& first, const WorkerMetrics& second) {
  const WorkerMetrics* workers[] = {&first, &second};
  MetricsSources sources{.version = "1.2.3", .ready = true, .workers = workers};
  MetricsText text;
  append_worker_metrics(sources.workers, text);
  append_store_metrics(sources, text);
  append_process_metrics(sources, text);
  return text.take();
}

// promtool's rules: one HELP and TYPE per family and before its samples, no series twice, counters end in _total.
TEST(MetricsRenderTest, FollowsTheExpositionFormat) {
  WorkerMetrics first, second;
  first.observe(Endpoint::kToken, 200, 1'000'000);
  std::istringstream lines(render(first, second));
  const std::regex sample(R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? ([0-9.e+-]+))");
  std::set<std::string> families, series;
  std::string family, type;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(families.insert(family).second) << line;
    } else if (line.starts_with("# TYPE ")) {
      EXPECT_EQ(line.substr(7, family.size()), family);
      type = line.substr(8 + family.size());
      EXPECT_EQ(type == "counter", family.ends_with("_total")) << family;
    } else {
      std::smatch match;
      ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
      std::string name = match[1];
      EXPECT_TRUE(name == family || (type == "histogram" && name.starts_with(family))) << line;
      EXPECT_TRUE(series.insert(match[1].str() + match[2].str()).second) << line;
    }
  }
  for (const char* wanted :
       {"signet_http_requests_total", "signet_tokens_issued_total", "signet_build_info",
        "signet_authentication_failures_total", "signet_rate_limited_total", "signet_http_request_duration_seconds",
        "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds", "process_start_time_seconds",
        "signet_store_sync_median_seconds", "signet_feed_followers_waiting", "signet_feed_pages_total",
        "signet_feed_gone_total"}) {
    EXPECT_TRUE(families.contains(wanted)) << wanted;
  }
}

TEST(MetricsRenderTest, SumsTheWorkers) {
  WorkerMetrics first, second;
  first.tokens[static_cast<size_t>(JwsAlgorithm::kES256)].add(3);
  second.tokens[static_cast<size_t>(JwsAlgorithm::kES256)].add(4);
  second.auth_failures[static_cast<size_t>(AuthFailure::kWrongSecret)].add(2);
  first.feed_waiting.set(5);
  second.feed_waiting.set(6);
  second.feed_waiting.set(4);
  first.feed_snapshot_pages.add(8);
  second.feed_gone.add(1);
  std::string text = render(first, second);
  EXPECT_NE(text.find("signet_tokens_issued_total{alg=\"ES256\"} 7\n"), std::string::npos);
  EXPECT_NE(text.find("signet_authentication_failures_total{reason=\"wrong_secret\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("signet_feed_followers_waiting 9\n"), std::string::npos);
  EXPECT_NE(text.find("signet_feed_pages_total{of=\"snapshot\"} 8\n"), std::string::npos);
  EXPECT_NE(text.find("signet_feed_gone_total 1\n"), std::string::npos);
}

TEST(MetricsRenderTest, HistogramBucketsAreCumulative) {
  WorkerMetrics first, second;
  first.observe(Endpoint::kToken, 200, 10'000);
  second.observe(Endpoint::kToken, 400, 5'000'000'000);
  std::string text = render(first, second);
  auto has = [&](const char* line) { return text.find(line) != std::string::npos; };
  EXPECT_TRUE(has("signet_http_request_duration_seconds_bucket{endpoint=\"token\",le=\"1.6e-05\"} 1\n")) << text;
  EXPECT_TRUE(has("signet_http_request_duration_seconds_bucket{endpoint=\"token\",le=\"1.048576\"} 1\n"));
  EXPECT_TRUE(has("signet_http_request_duration_seconds_bucket{endpoint=\"token\",le=\"+Inf\"} 2\n"));
  EXPECT_TRUE(has("signet_http_request_duration_seconds_count{endpoint=\"token\"} 2\n"));
  EXPECT_TRUE(has("signet_http_request_duration_seconds_sum{endpoint=\"token\"} 5.00001\n"));
}

TEST(ProcessMetricsTest, ReadsThisProcess) {
  auto metrics = read_process_metrics();
  ASSERT_TRUE(metrics.has_value());
  EXPECT_GT(metrics->resident_bytes, 100'000u);
  EXPECT_GT(metrics->open_fds, 2u);
  EXPECT_GE(metrics->fds_max, metrics->open_fds);
  EXPECT_GE(metrics->threads, 1u);
  EXPECT_GT(metrics->start_time_seconds, 1.6e9);
}

TEST(MetricNamesTest, EveryLabelValueIsOfItsOwn) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < static_cast<size_t>(Endpoint::kCount); ++i) {
    EXPECT_TRUE(names.insert(endpoint_name(static_cast<Endpoint>(i))).second);
  }
  for (size_t i = 0; i < static_cast<size_t>(AuthFailure::kCount); ++i) {
    EXPECT_TRUE(names.insert(auth_failure_name(static_cast<AuthFailure>(i))).second);
  }
}

}  // namespace
}  // namespace signet
