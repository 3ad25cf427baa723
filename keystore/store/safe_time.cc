#include "keystore/store/safe_time.h"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace signet::store {
namespace {

int64_t read_clock_ms(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

std::string first_line(const char* path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

class SystemClock : public Clock {
 public:
  SystemClock() : boot_id_(first_line("/proc/sys/kernel/random/boot_id")) {
    // The kernel's own figure, so that two processes agree on the origin; read once, then a cheap clock goes on from
    // it.
    const double uptime_s = std::strtod(first_line("/proc/uptime").c_str(), nullptr);
    if (uptime_s > 0) offset_ms_ = static_cast<int64_t>(uptime_s * 1000) - read_clock_ms(CLOCK_BOOTTIME);
  }
  UnixMs wall_ms() override { return read_clock_ms(CLOCK_REALTIME); }
  int64_t uptime_ms() override { return read_clock_ms(CLOCK_BOOTTIME) + offset_ms_; }
  std::string boot_id() override { return boot_id_; }
  int64_t running_ms() override { return read_clock_ms(CLOCK_MONOTONIC); }

 private:
  const std::string boot_id_;
  int64_t offset_ms_ = 0;
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

SafeTime::SafeTime(Clock& clock, const PersistedTime& last, int64_t skew_ms)
    : clock_(clock), boot_id_(clock.boot_id()), skew_ms_(skew_ms), opened_service_ms_(last.service_ms) {
  const UnixMs wall = clock_.wall_ms();
  const int64_t uptime = clock_.uptime_ms();
  persisted_wall_ms_ = last.wall_ms;
  if (last.wall_ms == 0) {
    anchor_ = {wall, wall, uptime};
    return;
  }
  const bool same_boot = !boot_id_.empty() && boot_id_ == last.boot_id && uptime >= last.uptime_ms;
  const int64_t stopped_ms = same_boot ? uptime - last.uptime_ms : 0;
  const int64_t difference_ms = wall - (last.wall_ms + stopped_ms);
  jumped_ = std::abs(difference_ms) > kClockJumpMs;
  // A gap that is no jump is taken as time that passed; safe time never goes back.
  const UnixMs safe = jumped_ ? last.safe_ms + stopped_ms : std::max(last.safe_ms, wall);
  anchor_ = {jumped_ ? last.wall_ms + stopped_ms : wall, safe, uptime};
}

UnixMs SafeTime::expected_ms() const {
  const std::lock_guard lock(mutex_);
  return anchor_.wall_ms + (clock_.uptime_ms() - anchor_.uptime_ms);
}

UnixMs SafeTime::safe_ms() const {
  const std::lock_guard lock(mutex_);
  return anchor_.safe_ms + (clock_.uptime_ms() - anchor_.uptime_ms);
}

bool SafeTime::jumped() const {
  if (std::abs(clock_.wall_ms() - expected_ms()) > kClockJumpMs) jumped_ = true;  // stays until accepted
  return jumped_;
}

bool SafeTime::behind() const { return clock_.wall_ms() < persisted_wall_ms_.load() - skew_ms_; }

PersistedTime SafeTime::observe() {
  const UnixMs wall = jumped() ? expected_ms() : clock_.wall_ms();
  // What is persisted never goes back but by `accept`: a clock set back must not become right by the next commit.
  return {safe_ms(), std::max(wall, persisted_wall_ms_.load()), clock_.uptime_ms(), boot_id_, service_ms()};
}

void SafeTime::begin_service() {
  int64_t not_yet = kNotInService;
  service_began_ms_.compare_exchange_strong(not_yet, clock_.running_ms());
}

int64_t SafeTime::service_ms() const {
  const int64_t began_ms = service_began_ms_;
  return began_ms == kNotInService ? opened_service_ms_
                                   : opened_service_ms_ + std::max<int64_t>(clock_.running_ms() - began_ms, 0);
}

PersistedTime SafeTime::accept() {
  const UnixMs wall = clock_.wall_ms();
  const int64_t uptime = clock_.uptime_ms();
  set_anchor({wall, wall, uptime});
  jumped_ = false;
  return {wall, wall, uptime, boot_id_, service_ms()};
}

void SafeTime::set_anchor(const Anchor& anchor) {
  const std::lock_guard lock(mutex_);
  anchor_ = anchor;
}

}  // namespace signet::store
