#include "keystore/key_keeper.h"

#include <algorithm>
#include <ctime>
#include <limits>

namespace signet {
namespace {

using std::chrono::seconds;

// The wall clock may be set, so that nobody can sleep until a time of day.
constexpr seconds kLook{1};
constexpr seconds kAgainAfter{2};
constexpr seconds kReportAfter{60};

UnixSeconds wall_now() { return static_cast<UnixSeconds>(std::time(nullptr)); }

}  // namespace

KeyKeeper::KeyKeeper(Parts parts) : parts_(std::move(parts)) {}

void KeyKeeper::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

KeyKeeper::~KeyKeeper() { stop(); }

void KeyKeeper::changed() {
  const std::lock_guard lock(mutex_);
  changed_ = true;
  wake_.notify_one();
}

void KeyKeeper::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void KeyKeeper::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (next_at_ <= wall_now()) perform_due();
    parts_.tidy();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, kLook, [this] { return changed_; });
    if (std::exchange(changed_, false)) next_at_ = 0;
  }
}

// One duty changes what the others are: after each the schedule is asked again, with the next round.
void KeyKeeper::perform_due() {
  const UnixSeconds now = wall_now();
  const auto steady = Steady::now();
  next_at_ = std::numeric_limits<UnixSeconds>::max();
  for (const KeyDuty& duty : parts_.duties()) {
    if (duty.at > now) {
      next_at_ = std::min(next_at_, duty.at);
      return;
    }
    const auto known = refused_.find({duty.kind, duty.kid});
    if (known != refused_.end() && known->second.again > steady) {
      next_at_ = 0;
      continue;
    }
    const auto done = parts_.perform(duty);
    next_at_ = 0;
    if (done) {
      refused_.erase({duty.kind, duty.kid});
      return;
    }
    refused(duty, done.error());
  }
}

void KeyKeeper::refused(const KeyDuty& duty, const StoreError& error) {
  const auto now = Steady::now();
  Refusal& refusal = refused_[{duty.kind, duty.kid}];
  refusal.again = now + kAgainAfter;
  if (refusal.report > now) return;
  refusal.report = now + kReportAfter;
  parts_.trouble(duty, error);
}

}  // namespace signet
