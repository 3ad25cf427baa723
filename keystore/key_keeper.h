// KeyKeeper: the thread that takes keys through their lives on time: publishes successors, lets them sign, ends
// publications. It decides nothing: what is due the schedule says, what is allowed the store.
#pragma once

#include <chrono>
#include <condition_variable>
#include <expected>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "keystore/keys/key_schedule.h"
#include "keystore/store/store_rows.h"

namespace signet {

class KeyKeeper {
 public:
  // All are called on the keeper's thread and may block.
  struct Parts {
    std::function<std::vector<KeyDuty>()> duties;  // the earliest first
    std::function<std::expected<void, StoreError>(const KeyDuty&)> perform;
    // What else is to be done now and then, at most a second late.
    std::function<void()> tidy;
    // A duty failed. It is tried again; said at first, and then once a minute.
    std::function<void(const KeyDuty&, const StoreError&)> trouble;
  };
  explicit KeyKeeper(Parts parts);
  ~KeyKeeper();
  KeyKeeper(const KeyKeeper&) = delete;
  KeyKeeper& operator=(const KeyKeeper&) = delete;

  // Nothing is done before. Once.
  void start();
  // changed: the keys or the schedule are others now. Any thread.
  void changed();
  // stop finishes what is under way. Blocks. Idempotent.
  void stop();

 private:
  using Steady = std::chrono::steady_clock;
  void run(const std::stop_token& stop);
  void perform_due();
  void refused(const KeyDuty& duty, const StoreError& error);

  struct Refusal {
    Steady::time_point again;   // not before
    Steady::time_point report;  // nor said
  };
  const Parts parts_;
  std::mutex mutex_;  // changed_
  std::condition_variable_any wake_;
  bool changed_ = false;
  UnixSeconds next_at_ = 0;  // the wall clock's, when something is due; 0 = look
  std::map<std::pair<KeyDutyKind, std::string>, Refusal> refused_;
  std::jthread thread_;
};

}  // namespace signet
