#include "keystore/last_used_flush.h"

#include <algorithm>
#include <future>
#include <memory>

namespace signet {
namespace {

constexpr size_t kMovedMax = 10000;     // beyond, an older minute may stay with the wrong secret until its next use
constexpr size_t kRowsPerBatch = 1000;  // about 60 KiB in the store's log

uint32_t minute_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::minutes>(now).count());
}

LastUsedRow row_of(const ClientRecord& record) {
  LastUsedRow row{.tenant = record.tenant(), .client_id = std::string(record.client_id())};
  for (size_t i = 0; i < record.secret_count(); ++i) row.minutes[i] = record.last_used_minute(i);
  return row;
}

uint32_t last_use(const ClientRecord& record) {
  uint32_t minute = 0;
  for (size_t i = 0; i < record.secret_count(); ++i) minute = std::max(minute, record.last_used_minute(i));
  return minute;
}

// A reader of the directory for the length of a block.
class ReaderScope {
 public:
  explicit ReaderScope(QuiescentDomain& domain) : domain_(domain), reader_(domain.register_reader({})) {}
  ~ReaderScope() { domain_.unregister_reader(reader_); }
  ReaderScope(const ReaderScope&) = delete;
  ReaderScope& operator=(const ReaderScope&) = delete;

 private:
  QuiescentDomain& domain_;
  QuiescentDomain::Reader* reader_;
};

}  // namespace

LastUsedFlusher::LastUsedFlusher(const Parts& parts, std::chrono::seconds interval)
    : parts_(parts), since_minute_(minute_now()) {
  thread_ = std::jthread([this, interval](const std::stop_token& stop) { run(stop, interval); });
}

LastUsedFlusher::~LastUsedFlusher() = default;

void LastUsedFlusher::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  flush();
}

void LastUsedFlusher::moved(uint32_t tenant, std::string client_id) {
  const std::lock_guard lock(mutex_);
  if (moved_.size() < kMovedMax) moved_.emplace_back(tenant, std::move(client_id));
}

void LastUsedFlusher::run(const std::stop_token& stop, std::chrono::seconds interval) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, interval, [] { return false; });
    }
    if (!stop.stop_requested()) flush();
  }
}

void LastUsedFlusher::flush() {
  const uint32_t start = minute_now();
  // A clock set back: uses carry the earlier minutes from now on.
  since_minute_ = std::min(since_minute_, start);
  const uint64_t removals_seen = parts_.store.client_removals();  // before anything is collected
  const std::vector<size_t> shards = parts_.notes.take();
  std::vector<LastUsedRow> rows;
  collect_moved(rows);
  bool taken = true;
  for (const size_t shard : shards) {
    collect(shard, rows);
    if (rows.size() >= kRowsPerBatch) taken = put(rows, removals_seen) && taken;
  }
  // Also when there is nothing: the store then keeps the time of day, and knows after a restart how late it is.
  taken = put(rows, removals_seen) && taken;
  flush_api_tokens();
  if (taken) {
    since_minute_ = start;
  } else {
    for (const size_t shard : shards) parts_.notes.mark(0, shard);
  }
}

void LastUsedFlusher::collect(size_t shard, std::vector<LastUsedRow>& rows) const {
  const ReaderScope scope(parts_.domain);
  parts_.clients.for_each_in_shard(shard, [&](const ClientRecord& record) {
    if (last_use(record) >= since_minute_) rows.push_back(row_of(record));
  });
}

void LastUsedFlusher::collect_moved(std::vector<LastUsedRow>& rows) {
  std::vector<std::pair<uint32_t, std::string>> moved;
  {
    const std::lock_guard lock(mutex_);
    moved.swap(moved_);
  }
  const ReaderScope scope(parts_.domain);
  for (const auto& [tenant, client_id] : moved) {
    const ClientRecord* record = parts_.clients.find(tenant, client_id);
    if (record != nullptr) rows.push_back(row_of(*record));
  }
}

bool LastUsedFlusher::put(std::vector<LastUsedRow>& rows, uint64_t removals_seen) {
  auto taken = std::make_shared<std::promise<bool>>();
  auto result = taken->get_future();
  parts_.store.put_last_used(
      std::exchange(rows, {}), removals_seen,
      [taken](const std::expected<void, StoreError>& done) { taken->set_value(done.has_value()); });
  return result.get();
}

// What the store does not take now stays noted there.
void LastUsedFlusher::flush_api_tokens() {
  for (size_t left = 1; left != 0;) {
    auto told = std::make_shared<std::promise<size_t>>();
    auto result = told->get_future();
    parts_.store.flush_api_token_uses(
        [told](const std::expected<size_t, StoreError>& done) { told->set_value(done.value_or(0)); });
    left = result.get();
  }
}

}  // namespace signet
