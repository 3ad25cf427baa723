// FakeClock: a clock that tests set.
#pragma once

#include <atomic>
#include <string>

#include "keystore/store/safe_time.h"

namespace signet::store {

inline constexpr int64_t kHourMs = 3'600'000;

class FakeClock : public Clock {
 public:
  UnixMs wall_ms() override { return wall; }
  int64_t uptime_ms() override { return uptime; }
  std::string boot_id() override { return boot; }

  void pass(int64_t ms) { wall += ms, uptime += ms; }
  void jump(int64_t ms) { wall += ms; }
  void reboot(int64_t off_ms) { wall += off_ms, uptime = 5000, boot += "x"; }

  std::atomic<int64_t> wall{1'800'000'000'000};
  std::atomic<int64_t> uptime{1'000'000};
  std::string boot = "boot-1";
};

}  // namespace signet::store
