#include "tools/load/worker.h"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "tools/load/clock.h"

namespace signet::load {
namespace {

constexpr uint64_t kConnectDeadlineNs = 5'000'000'000;
constexpr uint64_t kWaitMaxNs = 50'000'000;   // how late a stop may be noticed
constexpr uint64_t kDrainNs = 1'000'000'000;  // open loop: how long answers under way at the end are waited for
constexpr size_t kInputSize = size_t{64} * 1024;
constexpr int kEventsMax = 256;

int wait_for_events(int epoll, epoll_event* events, uint64_t timeout_ns) {
  timespec timeout{};
  timeout.tv_sec = static_cast<time_t>(timeout_ns / 1'000'000'000);
  timeout.tv_nsec = static_cast<long>(timeout_ns % 1'000'000'000);
  const int count = epoll_pwait2(epoll, events, kEventsMax, &timeout, nullptr);
  if (count >= 0 || errno != ENOSYS) return count;
  // Kernels before 5.11 know milliseconds only; rounding down keeps the schedule and costs CPU instead.
  return epoll_wait(epoll, events, kEventsMax, static_cast<int>(timeout_ns / 1'000'000));
}

}  // namespace

Worker::Worker(const WorkerPlan& plan, std::unique_ptr<Workload> workload, const std::atomic<bool>& stop)
    : plan_(plan),
      stop_(stop),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      connections_(plan.connections),
      input_(kInputSize),
      workload_(std::move(workload)) {
  for (Connection& connection : connections_) {
    if (workload_->reads_bodies()) connection.reader().keep_bodies();
  }
}

Worker::~Worker() {
  connections_.clear();
  close(epoll_);
}

int Worker::connect() {
  const uint64_t deadline_ns = monotonic_ns() + kConnectDeadlineNs;
  for (uint32_t number = 0; number < connections_.size(); ++number) {
    const int error = connections_[number].open(plan_.address, epoll_, number);
    if (error != 0) return error;
    ++connecting_;
  }
  while (connecting_ > 0 && connect_error_ == 0 && !stop_.load(std::memory_order_relaxed)) {
    const uint64_t now_ns = monotonic_ns();
    if (now_ns >= deadline_ns) return ETIMEDOUT;
    loop_once(now_ns, deadline_ns);
  }
  return connect_error_;
}

void Worker::run(const RunTimes& times) {
  // The kernel may otherwise wake a sleeper 50 us late, which an open loop would count as the server's time.
  prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  times_ = times;
  running_ = sending_ = true;
  if (plan_.interval_ns > 0) schedule_.emplace(times.start_ns + plan_.offset_ns, plan_.interval_ns);
  uint64_t now_ns = monotonic_ns();
  for (uint32_t number = 0; !schedule_ && number < connections_.size(); ++number) {
    if (connections_[number].state() == Connection::State::kIdle) start_request(number, now_ns);
  }
  bool measuring = false;
  for (; now_ns < times_.end_ns && !all_ended() && !stop_.load(std::memory_order_relaxed); now_ns = monotonic_ns()) {
    if (!measuring && now_ns >= times_.measured_from_ns) {
      measuring = true;
      begin_measuring();
    }
    loop_once(now_ns, measuring ? times_.end_ns : times_.measured_from_ns);
  }
  if (measuring) end_measuring(now_ns);
  finished_.store(true, std::memory_order_release);
}

void Worker::begin_measuring() {
  cpu_from_ns_ = thread_cpu_ns();
  cpu_since_ns_ = monotonic_ns();
}

void Worker::end_measuring(uint64_t now_ns) {
  const auto wall_ns = static_cast<double>(std::max<uint64_t>(1, now_ns - cpu_since_ns_));
  measurement_.busiest = static_cast<double>(thread_cpu_ns() - cpu_from_ns_) / wall_ns;
  measurement_.seconds = static_cast<double>(now_ns - times_.measured_from_ns) / 1e9;
  send_due(now_ns);  // what fell due while the last answers were read
  sending_ = false;
  if (!schedule_ || all_ended()) return;
  const uint64_t end_ns = now_ns, drain_until_ns = now_ns + kDrainNs;
  while (waiting_ > 0 && (now_ns = monotonic_ns()) < drain_until_ns) loop_once(now_ns, drain_until_ns);
  // What waits still has waited at least so long: leaving it out would flatter a server that does not keep up.
  const auto note = [&](uint64_t started_ns) {
    if (started_ns < times_.measured_from_ns) return;
    measurement_.latency_ns.record(now_ns - started_ns);
    ++measurement_.unanswered;
  };
  for (const Connection& connection : connections_) {
    if (connection.state() == Connection::State::kWaiting) note(connection.started_ns());
  }
  while (schedule_->is_due(end_ns)) note(schedule_->take());
}

void Worker::loop_once(uint64_t now_ns, uint64_t until_ns) {
  if (sending_) send_due(now_ns);
  if (!lost_.empty() && now_ns >= reopen_at_ns_) reopen_later();
  uint64_t wake_ns = std::min(until_ns, now_ns + kWaitMaxNs);
  if (sending_ && schedule_ && !idle_.empty()) wake_ns = std::min(wake_ns, schedule_->next_ns());
  epoll_event events[kEventsMax];
  const int count = wait_for_events(epoll_, events, wake_ns > now_ns ? wake_ns - now_ns : 0);
  for (int i = 0; i < count; ++i) on_event(events[i].data.u32, events[i].events);
}

void Worker::send_due(uint64_t now_ns) {
  while (schedule_ && !idle_.empty() && schedule_->is_due(now_ns)) {
    const uint32_t number = idle_.front();
    idle_.pop_front();
    // Lost or taken since it was put here.
    if (connections_[number].state() != Connection::State::kIdle) continue;
    if (start_request(number, schedule_->next_ns())) schedule_->take();
  }
}

}  // namespace signet::load
