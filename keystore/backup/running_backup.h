// RunningBackup: the backup that is under way, on a thread of its own at idle priority, and how the last one ended.
// Thread rule: `start` and `close` from one thread at a time; the others from any.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "keystore/backup/backup_create.h"

namespace signet {

struct BackupStatus {
  enum class State : uint8_t { kNone, kRunning, kDone, kFailed };
  State state = State::kNone;
  std::string directory;
  uint64_t copied = 0;  // octets, while it runs
  uint64_t about = 0;   // of about so many
  // Of one that is done.
  uint32_t number = 0;
  uint64_t commit = 0;
  uint64_t octets = 0;
  size_t files = 0;
  std::string failure;
};

class RunningBackup {
 public:
  using Ended = std::function<void(const std::expected<BackupManifest, StoreError>& made)>;
  ~RunningBackup() { close(); }

  // start begins one, of a store and a vault that outlive it; `ended` is called on its thread. False: one is under way.
  [[nodiscard]] bool start(BackupOrder order, Store& store, const Vault& vault, Ended ended);
  bool under_way() const;
  BackupStatus status() const;
  // stop ends the one under way, which fails then.
  void stop();
  // close stops, and waits for the end.
  void close();

 private:
  void run(const BackupOrder& order, Store& store, const Vault& vault, const Ended& ended);

  mutable std::mutex mutex_;
  BackupStatus status_;     // under mutex_
  Store* store_ = nullptr;  // of the one under way; under mutex_
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

}  // namespace signet
