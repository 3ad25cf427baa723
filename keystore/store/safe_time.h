// SafeTime: what the time of day may be trusted for.
//
// The wall clock can be wrong; the machine's uptime cannot jump. Three things follow from comparing the two with what
// the store last persisted:
// - the safe time, which destructive expiry follows, advances no faster than uptime: a minute of wrong clock erases
//   nothing;
// - a wall clock more than an hour away from where uptime says it should be has jumped: `jumped` until `accept`. Within
//   one boot of the machine a stop is measured by uptime; after a reboot nothing measures the gap, so one of more than
//   an hour counts as a jump too (a dead clock battery shows exactly there);
// - a wall clock behind the last persisted time minus the tolerated skew must not sign: `behind`.
//
// Beside them runs the service clock: the milliseconds in which the store was in service, over all starts. It begins
// where the last commit left it and stands still until `begin_service`: neither a stop of any length nor a jump of the
// wall clock moves it, so that a client has its whole grace window to ask again.
//
// Thread rule: `observe` and `accept` on the committer's thread; `begin_service` from one; the others from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "protocol/base/time.h"

namespace signet::store {

inline constexpr int64_t kClockJumpMs = 3'600'000;

// Where time comes from; tests replace it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixMs wall_ms() = 0;
  // Of the machine, suspension counted. Does not depend on the process.
  virtual int64_t uptime_ms() = 0;
  // Tells boots of the machine apart; empty when unknown (then every start counts as after a reboot).
  virtual std::string boot_id() = 0;
  // Time in which the machine ran, a suspension not counted.
  virtual int64_t running_ms() { return uptime_ms(); }
};
// The machine's. Static storage.
Clock& system_clock();

// What the store persists with every commit (records.proto, StateRow).
struct PersistedTime {
  UnixMs safe_ms = 0;
  UnixMs wall_ms = 0;  // 0 = a new store
  int64_t uptime_ms = 0;
  std::string boot_id;
  int64_t service_ms = 0;  // see SafeTime::begin_service
};

class SafeTime {
 public:
  SafeTime(Clock& clock, const PersistedTime& last, int64_t skew_ms);

  // The times now, to be persisted. While the clock has jumped, the wall time kept is the one expected.
  PersistedTime observe();
  // persisted: what `observe` gave is durable now.
  void persisted(const PersistedTime& time) { persisted_wall_ms_.store(time.wall_ms, std::memory_order_relaxed); }
  // The service clock runs from here on; a second call does nothing.
  void begin_service();
  int64_t service_ms() const;
  int64_t opened_service_ms() const { return opened_service_ms_; }  // where this start found it
  // accept takes the wall clock as right from now on, safe time included.
  PersistedTime accept();

  UnixMs wall_ms() const { return clock_.wall_ms(); }
  UnixMs safe_ms() const;
  bool jumped() const;
  bool behind() const;
  bool boot_known() const { return !boot_id_.empty(); }

 private:
  struct Anchor {
    UnixMs wall_ms;
    UnixMs safe_ms;
    int64_t uptime_ms;
  };
  void set_anchor(const Anchor& anchor);
  UnixMs expected_ms() const;

  Clock& clock_;
  const std::string boot_id_;
  const int64_t skew_ms_;
  mutable std::mutex mutex_;  // the anchor; never held across a call
  Anchor anchor_{};
  mutable std::atomic<bool> jumped_{false};
  std::atomic<UnixMs> persisted_wall_ms_{0};
  static constexpr int64_t kNotInService = INT64_MIN;
  const int64_t opened_service_ms_;
  std::atomic<int64_t> service_began_ms_{kNotInService};  // by Clock::running_ms
};

}  // namespace signet::store
