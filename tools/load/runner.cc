#include "tools/load/runner.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <latch>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>

#include "tools/load/clock.h"
#include "tools/load/progress.h"
#include "tools/load/worker.h"

namespace signet::load {
namespace {

using Workers = std::vector<std::unique_ptr<Worker>>;

constexpr uint64_t kProgressNs = 1'000'000'000;
constexpr uint64_t kWatchNs = 50'000'000;  // how late an early end may be noticed

uint64_t ns(double seconds) { return static_cast<uint64_t>(seconds * 1e9); }

// The signals that end a run early, blocked in every thread; the main thread waits for them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

bool wait_for_signal(const sigset_t& signals, uint64_t until_ns) {
  const uint64_t now_ns = monotonic_ns();
  if (now_ns >= until_ns) return false;
  timespec timeout{};
  timeout.tv_sec = static_cast<time_t>((until_ns - now_ns) / 1'000'000'000);
  timeout.tv_nsec = static_cast<long>((until_ns - now_ns) % 1'000'000'000);
  return sigtimedwait(&signals, nullptr, &timeout) > 0;
}

std::expected<void, std::string> allow_descriptors(unsigned connections) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t wanted = connections + 64;
  if (limit.rlim_cur >= wanted) return {};
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= wanted) return {};
  return std::unexpected(
      fmt::format("{} connections need a limit of {} open files, and {} is the most allowed here: "
                  "raise it (ulimit -n) or ask for fewer connections",
                  connections, wanted, limit.rlim_max));
}

Workers make_workers(const LoadPlan& plan, const Address& address, const WorkloadFactory& workloads,
                     const std::atomic<bool>& stop) {
  Workers workers;
  unsigned first_connection = 0;
  for (unsigned i = 0; i < plan.threads; ++i) {
    WorkerPlan one{.address = address};
    one.connections = plan.connections / plan.threads + (i < plan.connections % plan.threads ? 1 : 0);
    one.interval_ns = plan.rate > 0 ? 1e9 * plan.threads / plan.rate : 0;
    one.offset_ns = plan.rate > 0 ? static_cast<uint64_t>(1e9 * i / plan.rate) : 0;
    const Share share{
        .worker = i, .workers = plan.threads, .first_connection = first_connection, .connections = one.connections};
    workers.push_back(std::make_unique<Worker>(one, workloads(share), stop));
    first_connection += one.connections;
  }
  return workers;
}

// Shared by the threads of one run.
struct Start {
  explicit Start(unsigned threads) : connected(threads) {}
  std::latch connected;
  std::latch go{1};
  std::atomic<int> error{0};
  RunTimes times;
};

void run_worker(Worker& worker, Start& start) {
  if (const int error = worker.connect(); error != 0) start.error.store(error);
  start.connected.count_down();
  start.go.wait();
  if (start.error.load() == 0) worker.run(start.times);
}

void watch(const LoadPlan& plan, const Workers& workers, const sigset_t& signals, uint64_t end_ns,
           std::atomic<bool>& stop) {
  ProgressLine progress(plan.show_progress);
  uint64_t show_ns = monotonic_ns() + kProgressNs;
  for (uint64_t now_ns; (now_ns = monotonic_ns()) < end_ns;) {
    const bool ended = std::ranges::all_of(workers, [](const auto& worker) { return worker->finished(); });
    if (ended || wait_for_signal(signals, std::min(end_ns, now_ns + kWatchNs))) {
      stop.store(true);
      return;
    }
    if (now_ns < show_ns) continue;
    show_ns += kProgressNs;
    uint64_t answered = 0, errors = 0;
    for (const auto& worker : workers) {
      answered += worker->answered_so_far();
      errors += worker->errors_so_far();
    }
    progress.show(answered, errors);
  }
}

std::string connect_failure(const Url& url, int error) {
  return fmt::format(
      "cannot connect to {}: {}. Is signetd running there? Start it (signetd --dev), or name the right place with "
      "--url",
      url.authority(), std::generic_category().message(error));
}

}  // namespace

std::expected<Measurement, std::string> run_load(const LoadPlan& plan, const Url& url, const Address& address,
                                                 const WorkloadFactory& workloads, Companion* companion) {
  if (const auto allowed = allow_descriptors(plan.connections); !allowed) return std::unexpected(allowed.error());
  const sigset_t signals = block_signals();
  std::atomic<bool> stop{false};
  const Workers workers = make_workers(plan, address, workloads, stop);
  Start start(plan.threads);
  std::vector<std::jthread> threads;
  for (const auto& worker : workers) threads.emplace_back([&worker, &start] { run_worker(*worker, start); });
  start.connected.wait();
  start.times.start_ns = monotonic_ns();
  start.times.measured_from_ns = start.times.start_ns + ns(plan.warmup_s);
  start.times.end_ns = start.times.measured_from_ns + ns(plan.duration_s);
  const int error = start.error.load();
  Measurement sum;
  if (error == 0 && companion != nullptr) {
    threads.emplace_back([&] { sum = companion->run(start.times, stop); });
  }
  start.go.count_down();
  if (error == 0) watch(plan, workers, signals, start.times.end_ns, stop);
  threads.clear();
  if (error != 0) return std::unexpected(connect_failure(url, error));
  for (const auto& worker : workers) sum.add(worker->measurement());
  return sum;
}

}  // namespace signet::load
