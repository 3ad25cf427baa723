#include "keystore/backup/running_backup.h"

#include <pthread.h>
#include <sched.h>

namespace signet {
namespace {

// Whoever is served goes first: the copying and hashing take what is left of the processor.
void take_what_is_left() {
  pthread_setname_np(pthread_self(), "backup");
  const sched_param none{};
  pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
}

}  // namespace

bool RunningBackup::start(BackupOrder order, Store& store, const Vault& vault, Ended ended) {
  {
    const std::lock_guard lock(mutex_);
    if (status_.state == BackupStatus::State::kRunning) return false;
    status_ = {.state = BackupStatus::State::kRunning, .directory = order.directory.string()};
    store_ = &store;
  }
  stopped_ = false;
  order.stopped = [this] { return stopped_.load(); };
  if (thread_.joinable()) thread_.join();  // of the one before, which has ended
  order.progress = [this](uint64_t copied, uint64_t about) {
    const std::lock_guard lock(mutex_);
    status_.copied = copied;
    status_.about = about;
  };
  thread_ = std::thread(
      [this, order = std::move(order), &store, &vault, ended = std::move(ended)] { run(order, store, vault, ended); });
  return true;
}

void RunningBackup::run(const BackupOrder& order, Store& store, const Vault& vault, const Ended& ended) {
  take_what_is_left();
  const auto made = create_backup(order, store, vault);
  ended(made);
  const std::lock_guard lock(mutex_);
  store_ = nullptr;
  if (!made) {
    status_.state = BackupStatus::State::kFailed;
    status_.failure = made.error().text;
    return;
  }
  status_.state = BackupStatus::State::kDone;
  status_.number = made->number;
  status_.commit = made->commit;
  status_.octets = made->octets();
  status_.files = made->files.size();
}

bool RunningBackup::under_way() const {
  const std::lock_guard lock(mutex_);
  return status_.state == BackupStatus::State::kRunning;
}

BackupStatus RunningBackup::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void RunningBackup::stop() {
  stopped_ = true;
  const std::lock_guard lock(mutex_);
  if (store_ != nullptr) store_->stop_backup();
}

void RunningBackup::close() {
  stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace signet
