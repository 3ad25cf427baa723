#include "keystore/store/committer.h"

#include <concurrentqueue/blockingconcurrentqueue.h>
#include <pthread.h>
#include <time.h>

#include <algorithm>

namespace signet::store {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;
// A commit this large is closed: several import chunks must not become one write that stalls everything else.
constexpr size_t kCommitBytesMax = size_t{8} << 20;
constexpr size_t kCommitOperationsMax = 4096;
// Half a lap of the ring of commits: the durable mark can always be looked up in the store.
constexpr uint64_t kMarkLagMax = kCommitRing / 2;

int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * kNsPerSecond + now.tv_nsec;
}

}  // namespace

struct Committer::Queue {
  // Owning pointers; null wakes the thread.
  moodycamel::BlockingConcurrentQueue<Operation*> operations;
};

Committer::Committer(const Parts& parts, const CommitState& state)
    : parts_(parts),
      state_(state),
      transaction_(parts.database, parts.time, state, parts.revocations),
      queue_(std::make_unique<Queue>()),
      mark_synced_at_ns_(monotonic_ns()),
      mark_synced_commit_(parts.mark.value().commit),
      commit_(state.commit) {
  thread_ = std::thread([this] { run(); });
}

Committer::~Committer() { close(); }

void Committer::submit(std::span<OperationPtr> operations) {
  // Counted before `closing_` is read, so that the thread does not end while an operation is on its way.
  const uint64_t before = pending_.fetch_add(operations.size());
  const bool closed = closing_.load();
  const size_t room = closed || before >= parts_.queue_max ? 0 : parts_.queue_max - before;
  const auto taken = operations.first(std::min(room, operations.size()));
  enqueue(taken);
  for (auto& operation : operations.subspan(taken.size())) {
    complete_operation(std::move(operation),
                       closed ? refuse(StoreErrorKind::kUnavailable, "the store is closed")
                              : refuse(StoreErrorKind::kBusy, "too many changes are waiting: try again"));
    pending_.fetch_sub(1);
  }
}

void Committer::enqueue(std::span<OperationPtr> operations) {
  std::array<Operation*, 64> some;
  while (!operations.empty()) {
    const size_t count = std::min(operations.size(), some.size());
    uint64_t ticket = next_ticket_.fetch_add(count);
    for (size_t i = 0; i < count; ++i) {
      operations[i]->ticket = ticket++;
      some[i] = operations[i].release();
    }
    queue_->operations.enqueue_bulk(some.data(), count);
    operations = operations.subspan(count);
  }
}

void Committer::fail(const std::string& why) {
  {
    const std::lock_guard lock(failure_mutex_);
    if (failure_text_.empty()) failure_text_ = why;
  }
  if (failed_.exchange(true)) return;
  if (parts_.listener != nullptr) parts_.listener->storage_failed(why);
}

StoreError Committer::failure() const {
  const std::lock_guard lock(failure_mutex_);
  return {StoreErrorKind::kUnavailable, "storage failed, nothing is written any more: " + failure_text_};
}

void Committer::run() {
  pthread_setname_np(pthread_self(), "committer");
  while (true) {
    drain();
    if (!waiting_.empty()) {
      commit_waiting();
      sync_mark_when_due();
      continue;
    }
    if (closing_.load() && pending_.load() == 0) break;
    wait_for_work();
    sync_mark_when_due();
  }
  // The time of an orderly stop, so that the next start knows how late it is.
  transaction_.restart(state_);
  transaction_.touch();
  if (!failed() && make_durable()) sync_mark();
}

void Committer::wait_for_work() {
  Operation* operation = nullptr;
  if (parts_.mark.dirty() && !failed()) {
    const int64_t left_ns = std::max<int64_t>(mark_synced_at_ns_ + kNsPerSecond - monotonic_ns(), 1000);
    if (!queue_->operations.wait_dequeue_timed(operation, left_ns / 1000)) return;
  } else if (closing_.load()) {
    // Somebody is between counting and queueing.
    if (!queue_->operations.wait_dequeue_timed(operation, 1000)) return;
  } else {
    queue_->operations.wait_dequeue(operation);
  }
  if (operation != nullptr) waiting_.emplace_back(operation);
}

void Committer::drain() {
  std::array<Operation*, 256> taken;
  while (const size_t count = queue_->operations.try_dequeue_bulk(taken.data(), taken.size())) {
    for (size_t i = 0; i < count; ++i) {
      if (taken[i] != nullptr) waiting_.emplace_back(taken[i]);
    }
  }
  // The queue keeps the order of each producer, not among them.
  auto earlier = [](const auto& a, const auto& b) { return a->ticket < b->ticket; };
  if (!std::is_sorted(waiting_.begin(), waiting_.end(), earlier)) std::sort(waiting_.begin(), waiting_.end(), earlier);
}

void Committer::commit_waiting() {
  Operations operations;
  std::vector<Outcome> outcomes;
  const bool applied = !failed() && apply(operations, outcomes);
  if (failed()) {
    while (!waiting_.empty()) {
      operations.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
  }
  const size_t size = operations.size();
  const bool done = !failed() && applied && (transaction_.empty() || make_durable());
  pending_.fetch_sub(size);  // before the completions, so that whoever is told finds room
  if (!done) {
    refuse_all(std::move(operations));
  } else {
    operations_ += size;
    publish(std::move(operations), std::move(outcomes));
  }
}

bool Committer::apply(Operations& operations, std::vector<Outcome>& outcomes) {
  transaction_.restart(state_);
  read_ahead();
  while (!waiting_.empty() && operations.size() < kCommitOperationsMax && transaction_.size_bytes() < kCommitBytesMax) {
    operations.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    transaction_.begin_operation();
    outcomes.push_back(operations.back()->check_and_apply(transaction_));
    if (transaction_.failure()) {
      fail(*transaction_.failure());
      return false;
    }
    outcomes.back() ? transaction_.keep_operation() : transaction_.drop_operation();
  }
  last_batch_size_ = operations.size();
  return true;
}

void Committer::read_ahead() {
  families_.clear();
  for (size_t i = 0; i < std::min(waiting_.size(), kCommitOperationsMax); ++i) waiting_[i]->name_family(families_);
  transaction_.read_families_ahead(families_);
}

bool Committer::make_durable() {
  transaction_.finish();
  const int64_t start_ns = monotonic_ns();
  const auto written = parts_.database.write(transaction_.batch());
  if (!written) {
    fail(written.error().text);
    return false;
  }
  sync_times_.add(static_cast<double>(monotonic_ns() - start_ns) / 1e6);
  transaction_.committed();
  state_ = transaction_.state();
  if (!parts_.mark.write(state_.commit, state_.chain_hash)) {
    fail("the mark cannot be written");
    return false;
  }
  if (parts_.anchor != nullptr && !parts_.anchor->write(state_.commit, state_.chain_hash)) {
    fail("the second mark (rollback_anchor) cannot be written");
    return false;
  }
  if (state_.commit - mark_synced_commit_ >= kMarkLagMax && !sync_mark()) return false;
  parts_.time.persisted(state_.time);
  parts_.database.set_expiry_time(parts_.time.jumped() ? 0 : state_.time.safe_ms);
  commit_ = state_.commit;
  ++batches_;
  return true;
}

void Committer::publish(Operations operations, std::vector<Outcome> outcomes) {
  struct Completion {
    Operations operations;
    std::vector<Outcome> outcomes;
    void operator()() {
      for (size_t i = 0; i < operations.size(); ++i) {
        complete_operation(std::move(operations[i]), std::move(outcomes[i]));
      }
    }
  };
  Completion completion{std::move(operations), std::move(outcomes)};
  const auto changes = transaction_.take_changes();
  if (parts_.listener == nullptr) {
    completion();
  } else {
    // std::function wants a copyable target.
    auto shared = std::make_shared<Completion>(std::move(completion));
    parts_.listener->committed(changes, [shared] { (*shared)(); });
  }
  client_removals_ = transaction_.client_removals();
}

void Committer::refuse_all(Operations operations) {
  const StoreError error = failure();
  for (auto& operation : operations) complete_operation(std::move(operation), std::unexpected(error));
}

void Committer::sync_mark_when_due() {
  if (failed() || !parts_.mark.dirty() || monotonic_ns() - mark_synced_at_ns_ < kNsPerSecond) return;
  sync_mark();
}

bool Committer::sync_mark() {
  mark_synced_at_ns_ = monotonic_ns();
  mark_synced_commit_ = parts_.mark.value().commit;
  if (!parts_.mark.sync()) {
    fail("the mark cannot be synced");
    return false;
  }
  if (parts_.anchor != nullptr && !parts_.anchor->sync()) {
    fail("the second mark (rollback_anchor) cannot be synced");
    return false;
  }
  return true;
}

void Committer::status(StoreStatus& status) const {
  const auto times = sync_times_.summary();
  status.writable = !failed() && !closing_.load();
  status.commit = commit_;
  status.anchored = parts_.anchor != nullptr;
  status.queued = pending_;
  status.batches = batches_;
  status.operations = operations_;
  status.last_batch_size = static_cast<double>(last_batch_size_);
  status.sync_ms_median = times.median_ms;
  status.sync_ms_max = times.max_ms;
}

void Committer::close() {
  if (!thread_.joinable()) return;
  closing_ = true;
  queue_->operations.enqueue(nullptr);
  thread_.join();
}

}  // namespace signet::store
